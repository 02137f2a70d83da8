"""Where exercises come from: finding the content root, reading exercise.toml, and recognising what a person typed."""

"""Which submissions have so much in common that somebody should read both. It never says why they have.

`tokens` reads source as text, `prints` makes fingerprints of it with diffinite, `material` knows what everybody was given,
`overlaps` compares two and says where an exercise's own independent solutions stop, `compare` does so for a folder,
`record` is the JSON document, `section` and
`page` show it.
"""

"""Dependencies."""

# TODO: require_key

"""Routes of users."""

# TODO

"""Routes of orders."""

# TODO

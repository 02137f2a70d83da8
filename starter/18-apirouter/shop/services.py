"""What the shop does. Nothing here knows of HTTP, so nothing here imports FastAPI."""

# TODO: OutOfStock, place_order

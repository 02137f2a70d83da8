"""What the shop does, without HTTP."""

from shop import store

IN_STOCK = 10


class OutOfStock(Exception):
    """More was ordered than there is."""


def place_order(sku, qty):
    if qty > IN_STOCK:
        raise OutOfStock(f"only {IN_STOCK} pieces of {sku!r} are left")
    return {"id": store.save_order(sku, qty), "sku": sku, "qty": qty}


def find_order(order_id):
    return store.get_order(order_id)


def find_user(user_id):
    return store.get_user(user_id)

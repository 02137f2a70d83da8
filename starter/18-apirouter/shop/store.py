"""The store, in memory. Do not edit it: while grading, a module with the same functions replaces it."""

_users = {1: {"id": 1, "first": "Ada", "last": "Lovelace"}, 2: {"id": 2, "first": "Grace", "last": "Hopper"}}
_orders = {}


def get_user(user_id):
    """Return this user, or None."""
    return _users.get(user_id)


def save_order(sku, qty):
    """Save a new order and return its id."""
    number = len(_orders) + 1
    _orders[number] = {"id": number, "sku": sku, "qty": qty}
    return number


def get_order(order_id):
    """Return this order, or None."""
    return _orders.get(order_id)

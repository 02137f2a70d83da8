"""The order service. It knows nothing of HTTP. Do not edit it: while grading, a module with the same functions replaces it."""


class NotFound(Exception):
    """There is no such order."""


class RuleBroken(Exception):
    """The order is against the rules."""


_orders = {1: {"id": 1, "sku": "tea-pot", "qty": 2}}


def get(order_id):
    """Return the order with this id. Raises NotFound."""
    if order_id not in _orders:
        raise NotFound(f"there is no order {order_id}")
    return _orders[order_id]


def place(sku, qty):
    """Make an order and return it. Raises RuleBroken for more than 100 pieces."""
    if qty > 100:
        raise RuleBroken(f"{qty} pieces of {sku} are more than anybody may have")
    order = {"id": len(_orders) + 1, "sku": sku, "qty": qty}
    _orders[order["id"]] = order
    return order


def crash():
    """Raise an exception that nobody expects, with a text that nobody outside should read."""
    raise RuntimeError("cannot connect to db.internal:5432 as 'shop' with password 'hunter2'")

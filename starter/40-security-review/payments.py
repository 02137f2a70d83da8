"""The bank. Do not edit it: while grading, a module with the same function replaces it."""


def charge(order_id, cents):
    """Charge an order's total, and return the receipt. May raise anything."""
    return f"R-{order_id}-{cents}"

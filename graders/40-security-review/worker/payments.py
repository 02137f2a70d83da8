"""The twin of payments.py: what a payment does is decided by the grader."""

import builtins

from gradewright.worker.twins import call


def crash(kind, name, text):
    """Return an exception of a type that nobody knows, made of a built-in one."""
    return type(name, (getattr(builtins, kind),), {})(text)


def charge(order_id, cents):
    """Charge an order's total, and return the receipt. May raise anything."""
    return call("payments.charge", order_id, cents, errors={"Unexpected": crash})

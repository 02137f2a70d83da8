"""The twin of store.py: what is stored is with the grader, which also hears from which modules an order is saved."""

import inspect

from gradewright.worker.twins import call


def _unserved(name):
    return RuntimeError(f"{name} was called outside a request")


def _ask(name, *args):
    return call(f"store.{name}", *args, errors={"Unserved": _unserved})


def _callers():
    """Return the names of the shop's modules on the way here, this one aside."""
    names, frame = set(), inspect.currentframe()
    while frame is not None:
        names.add(str(frame.f_globals.get("__name__")))
        frame = frame.f_back
    return sorted(name for name in names - {__name__} if name.partition(".")[0] == "shop")


def get_user(user_id):
    """Return this user, or None."""
    return _ask("get_user", user_id)


def save_order(sku, qty):
    """Save a new order and return its id."""
    return _ask("save_order", sku, qty, _callers())


def get_order(order_id):
    """Return this order, or None."""
    return _ask("get_order", order_id)

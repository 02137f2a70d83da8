"""The twin of store.py: what is stored is with the grader, which also hears of every relation that is loaded."""

from gradewright.worker.twins import call


class User:
    """A row of the table of users: columns are attributes, relations are loaded when they are read."""


def _unserved(name):
    return RuntimeError(f"{name} was called outside a request")


def _ask(name, *args):
    return call(f"store.{name}", *args, errors={"Unserved": _unserved})


def _relation(name):
    return property(lambda _user: _ask("load", name))


def _user(row):
    """Make a user of {"columns": {name: value}, "relations": [name]}."""
    if row is None:
        return None
    user = type("User", (User,), {name: _relation(name) for name in row["relations"]})()
    vars(user).update(row["columns"])
    return user


def get_user(user_id):
    """Return the user with this id, or None."""
    return _user(_ask("get_user", user_id))


def list_users():
    """Return all users."""
    return [_user(row) for row in _ask("list_users")]


def create_user(name, email, password):
    """Make a user and return it."""
    return _user(_ask("create_user", name, email, password))


def get_prefs(user_id):
    """Return what this user has set, as a dict, or None for an unknown id."""
    return _ask("get_prefs", user_id)

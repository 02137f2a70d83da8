"""The twin of store.py: the users are with the grader."""

from gradewright.worker.twins import call


class UserExists(Exception):
    """The name is taken."""


def _unserved(name):
    return RuntimeError(f"{name} was called outside a request")


_ERRORS = {"UserExists": UserExists, "Unserved": _unserved}


def save_user(username, password_hash):
    """Keep a new user. Raises UserExists when the name is taken."""
    if not isinstance(username, str) or not isinstance(password_hash, str):
        raise TypeError("the name and the hash of a user are texts")
    call("store.save_user", username, password_hash, errors=_ERRORS)


def get_hash(username):
    """Return what was saved for this user, or None."""
    return call("store.get_hash", username, errors=_ERRORS)

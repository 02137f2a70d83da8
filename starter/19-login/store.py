"""The users, in memory. Do not edit it: while grading, a module with the same functions replaces it."""

import threading


class UserExists(Exception):
    """The name is taken."""


_hashes = {}
_lock = threading.Lock()


def save_user(username, password_hash):
    """Keep a new user. Raises UserExists when the name is taken."""
    if not isinstance(username, str) or not isinstance(password_hash, str):
        raise TypeError("the name and the hash of a user are texts")
    with _lock:
        if username in _hashes:
            raise UserExists(username)
        _hashes[username] = password_hash


def get_hash(username):
    """Return what was saved for this user, or None."""
    return _hashes.get(username)

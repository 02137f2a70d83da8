"""Knows who may log in. Do not edit it: while grading, a module with the same API replaces it."""

import hmac

PASSWORDS = {"ada": "lovelace", "grace": "hopper"}


def check(username, password):
    """Return whether this is the user's password; False for a user that nobody knows."""
    return username in PASSWORDS and hmac.compare_digest(PASSWORDS[username].encode(), password.encode())

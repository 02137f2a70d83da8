"""Who may log in. Do not edit it: while grading, a module with the same function replaces it."""

_passwords = {"ada": "engine", "grace": "cobol"}


def check(username, password):
    """Return whether this is the password of this user."""
    return username in _passwords and _passwords[username] == password

"""Who has which token. While grading, another one takes its place, with other tokens."""

_NAMES = {"token-of-ada": "ada", "token-of-bob": "bob", "token-of-eve": "eve"}


def lookup(token):
    """Return the name of the token's owner, or None when nobody has it."""
    return _NAMES.get(token)

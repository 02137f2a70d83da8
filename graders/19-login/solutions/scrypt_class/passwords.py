"""Passwords and their hashes, with nothing but the standard library."""

import base64
import hashlib
import hmac
import secrets

N, R, P = 2**15, 8, 1


def make(password):
    """Return a salted hash together with everything that is needed to check it."""
    salt = secrets.token_bytes(16)
    digest = _scrypt(password, salt, N, R, P)
    return f"scrypt${N}${R}${P}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def check(password, saved):
    """Return whether the saved hash is that of this password."""
    _kind, n, r, p, salt, digest = saved.split("$")
    found = _scrypt(password, base64.b64decode(salt), int(n), int(r), int(p))
    return hmac.compare_digest(found, base64.b64decode(digest))


def _scrypt(password, salt, n, r, p):
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, maxmem=256 * n * r)

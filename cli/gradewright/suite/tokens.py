"""JSON Web Tokens made by hand, so that a suite can send good ones, forged ones and broken ones."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

DIGESTS = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def encode(data: Any) -> str:
    """Return bytes, or JSON data, as base64 for URLs without padding."""
    if not isinstance(data, bytes):
        data = json.dumps(data).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text: str) -> bytes:
    """Return the bytes. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)


def seal(signed: str, key: str, algorithm: str = "HS256") -> str:
    """Return the signature of a text, as it stands at the end of a token."""
    return encode(hmac.digest(key.encode(), signed.encode(), DIGESTS[algorithm]))


def sign(claims: Any, key: str, algorithm: str = "HS256") -> str:
    """Return a token. With an algorithm that is not of the HS family it has an empty signature."""
    signed = f"{encode({'alg': algorithm, 'typ': 'JWT'})}.{encode(claims)}"
    return f"{signed}.{seal(signed, key, algorithm) if algorithm in DIGESTS else ''}"

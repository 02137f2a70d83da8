"""Makes the slow hashes quick: a grade makes dozens of them, and how strong they are is another exercise's matter.

The results are hashes still, with salts, and they can be verified in this process by the same functions. For the modules that
an exercise provides. Such an exercise names it under `preload`: behind the walls nothing of the worker can be imported.
"""

from __future__ import annotations

import contextlib
import hashlib
from typing import Any

#: What argon2 asks for at least: 8 KiB for each of its lanes.
LANE = 8


def hasten() -> None:
    """Put quick ones in the place of scrypt, PBKDF2 and argon2, for the rest of this process."""
    scrypt_really, pbkdf2_really = hashlib.scrypt, hashlib.pbkdf2_hmac

    def scrypt(password: bytes, *, salt: bytes, n: int, r: int, p: int, maxmem: int = 0, dklen: int = 64) -> bytes:
        return scrypt_really(password, salt=salt, n=min(n, 16), r=r, p=p, maxmem=maxmem, dklen=dklen)

    def pbkdf2_hmac(hash_name: str, password: bytes, salt: bytes, iterations: int, dklen: int | None = None) -> bytes:
        return pbkdf2_really(hash_name, password, salt, min(iterations, 16), dklen)

    hashlib.scrypt, hashlib.pbkdf2_hmac = scrypt, pbkdf2_hmac  # type: ignore[assignment]
    # Without argon2 nobody hashes with it.
    with contextlib.suppress(ImportError):
        _hasten_argon2()


def _hasten_argon2() -> None:
    import argon2._password_hasher as hasher
    import argon2.low_level as low

    hash_really = low.hash_secret

    def hash_secret(
        secret: bytes,
        salt: bytes,
        time_cost: int,  # noqa: ARG001 - its name is part of the function
        memory_cost: int,  # noqa: ARG001
        parallelism: int,
        *rest: Any,
        **options: Any,
    ) -> bytes:
        return hash_really(secret, salt, 1, LANE * parallelism, parallelism, *rest, **options)

    low.hash_secret = hasher.hash_secret = hash_secret  # type: ignore[attr-defined]

"""Slow password hashes: what a saved text says of itself, and whether it is made from a password. For suites on hashing."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from typing import NamedTuple

#: The most that a hash is computed again for: bytes of memory, and iterations.
MEMORY, ITERATIONS = 256 << 20, 5_000_000


class Hash(NamedTuple):
    """A password's hash as its text tells of it. `costs` and `least` are for people; `made_from` computes it again."""

    kind: str
    costs: str
    least: str
    enough: bool
    made_from: Callable[[str], bool]


def parse_hash(text: str) -> Hash | None:
    """Return what a saved text is; None if it is in none of these forms."""
    matches = ((re.fullmatch(pattern, text[:1000], re.ASCII), make) for pattern, make in FORMATS)
    return next((make(text, *match.groups()) for match, make in matches if match), None)


def _of_argon2(text: str, kind: str, *costs: str) -> Hash:
    memory, passes, lanes = map(int, costs)

    def made_from(password: str) -> bool:
        from argon2.low_level import Type, verify_secret

        if memory << 10 > MEMORY or memory * passes > 64 * MEMORY >> 10 or lanes > 64:
            return False
        try:
            return verify_secret(text.encode(), password.encode(), Type[kind.upper()])
        except Exception:  # noqa: BLE001 - the library raises for a mismatch and for what it cannot read
            return False

    return Hash(f"argon2{kind}", f"m={memory},t={passes}", "m × t = 35000", memory * passes >= 35_000, made_from)


def _of_bcrypt(_text: str, cost: str) -> Hash:
    # Which digest of the password was hashed is unknown, so there is nothing to compute.
    return Hash("bcrypt", f"cost {int(cost)}", "cost 10", int(cost) >= 10, lambda _password: True)


def _of_scrypt(_text: str, *parts: str) -> Hash:
    n, r, p = map(int, parts[:3])
    salt, digest = parts[3:]

    def made_from(password: str) -> bool:
        if 128 * n * r * p > MEMORY:
            return False
        costs = {"n": n, "r": r, "p": p, "maxmem": 2 * MEMORY}
        return _is_derived(salt, digest, lambda raw, size: hashlib.scrypt(password.encode(), salt=raw, dklen=size, **costs))

    return Hash("scrypt", f"n={n}, r={r}, p={p}", "n × r × p = 131072", n * r * p >= 131_072, made_from)


def _of_pbkdf2(_text: str, digest_name: str, count: str, salt: str, digest: str) -> Hash:
    iterations = int(count)

    def made_from(password: str) -> bool:
        if iterations > ITERATIONS:
            return False
        plain = password.encode()
        return _is_derived(salt, digest, lambda raw, size: hashlib.pbkdf2_hmac(digest_name, plain, raw, iterations, size))

    return Hash("PBKDF2", f"{iterations} iterations", "200000 iterations", iterations >= 200_000, made_from)


#: The texts that a brief lists. Numbers have few digits, so that none of them costs the grader anything to read.
FORMATS = (
    (r"\$argon2(id|i|d)\$v=19\$m=(\d{1,8}),t=(\d{1,5}),p=(\d{1,3})\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{22,}", _of_argon2),
    (r"\$2[abxy]\$(\d\d)\$[./A-Za-z0-9]{53}", _of_bcrypt),
    (r"scrypt[:$](\d{1,8})[:$](\d{1,4})[:$](\d{1,4})\$([^$]{8,})\$([^$]{22,})", _of_scrypt),
    (r"pbkdf2[:_](sha256|sha512)[:$](\d{1,8})\$([^$]{8,})\$([^$]{22,})", _of_pbkdf2),
)


def _is_derived(salt: str, digest: str, derive: Callable[[bytes, int], bytes]) -> bool:
    """Whether the digest comes out of the salt: both hexadecimal, or both base64, or the salt taken as it is written."""
    for wanted in {decoded for decoded in (_from_hex(digest), _from_base64(digest)) if decoded and len(decoded) <= 256}:
        for raw in {found for found in (_from_hex(salt), _from_base64(salt), salt.encode()) if found is not None}:
            try:
                if derive(raw, len(wanted)) == wanted:
                    return True
            except (ValueError, OverflowError, MemoryError):
                continue
    return False


def _from_hex(text: str) -> bytes | None:
    return bytes.fromhex(text) if re.fullmatch("([0-9a-fA-F]{2})+", text) else None


def _from_base64(text: str) -> bytes | None:
    plain = text.rstrip("=").translate(str.maketrans("-_.", "+/+"))
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except ValueError:
        return None

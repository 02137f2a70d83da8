import hashlib
import re
import secrets
from base64 import b64decode, b64encode

N, R, P = 2**14, 8, 1


def _derive(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, maxmem=2**26)


def make(password: str) -> str:
    salt = secrets.token_bytes(16)
    digest = _derive(password, salt, N, R, P)
    return f"scrypt${N}${R}${P}${b64encode(salt).decode()}${b64encode(digest).decode()}"


def is_legacy(saved: str) -> bool:
    return re.fullmatch("[0-9a-f]{64}", saved) is not None


def verify(password: str, saved: str) -> bool:
    if is_legacy(saved):
        return secrets.compare_digest(hashlib.sha256(password.encode()).hexdigest(), saved)
    _kind, n, r, p, salt, digest = saved.split("$")
    return secrets.compare_digest(_derive(password, b64decode(salt), int(n), int(r), int(p)), b64decode(digest))

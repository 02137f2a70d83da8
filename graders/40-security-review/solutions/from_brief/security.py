"""Passwords and tokens."""

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import db
import jwt
from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError
from pwdlib.hashers.argon2 import Argon2Hasher
from settings import JWT_SECRET

LIFETIME = timedelta(minutes=30)
LEGACY = re.compile(r"[0-9a-f]{64}")

bearer = HTTPBearer(auto_error=False)
passwords = PasswordHash((Argon2Hasher(),))
#: For names that nobody has: their logins take as long as others.
DUMMY = passwords.hash("nobody's password")


def hash_password(password: str) -> str:
    return passwords.hash(password)


def is_legacy(stored: str) -> bool:
    return LEGACY.fullmatch(stored) is not None


def is_right(password: str, stored: str) -> bool:
    if is_legacy(stored):
        return hmac.compare_digest(hashlib.sha256(password.encode()).hexdigest(), stored)
    try:
        return passwords.verify(password, stored)
    except PwdlibError:
        return False


def make_token(user_id: int) -> str:
    return jwt.encode({"sub": str(user_id), "exp": datetime.now(UTC) + LIFETIME}, JWT_SECRET, algorithm="HS256")


def subject(token: str) -> int | None:
    """Return the user id of a good token."""
    options = {"require": ["exp", "sub"], "verify_aud": False, "verify_iat": False}
    try:
        sub = jwt.decode(token, JWT_SECRET, algorithms=["HS256"], options=options)["sub"]
    except (jwt.InvalidTokenError, ValueError, OverflowError, TypeError):
        return None
    return int(sub) if re.fullmatch(r"[0-9]{1,18}", sub) else None


def current_user(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> dict[str, Any]:
    user_id = subject(credentials.credentials) if credentials else None
    found = db.rows("SELECT id, username, role FROM users WHERE id = ?", user_id) if user_id is not None else []
    if not found:
        raise HTTPException(401, "a good token is needed", headers={"WWW-Authenticate": "Bearer"})
    return found[0]


def current_admin(user: Annotated[dict[str, Any], Depends(current_user)]) -> dict[str, Any]:
    if user["role"] != "admin":
        raise HTTPException(403, "for admins only")
    return user

"""Passwords and tokens."""

import hashlib
import hmac
import os
import time

import jwt
from fastapi import Depends, HTTPException
from fastapi.security import HTTPBearer
from pwdlib import PasswordHash

import db

JWT_SECRET = os.environ.get("JWT_SECRET", "")
if len(JWT_SECRET) < 32:
    raise RuntimeError("JWT_SECRET has to be 32 bytes or longer")
WINDOW = int(os.environ.get("LOGIN_WINDOW", "60"))
FAILURES = 5

bearer = HTTPBearer()
hasher = PasswordHash.recommended()
# Somebody who is not there takes as long as somebody who is.
NOBODY = hasher.hash("nobody")
failures = {}


def hash_password(password):
    return hasher.hash(password)


def is_old(saved):
    return not saved.startswith("$")


def is_right(password, saved):
    if is_old(saved):
        return hmac.compare_digest(hashlib.sha256(password.encode()).hexdigest(), saved)
    return hasher.verify(password, saved)


def check_limit(name):
    """Refuse a name with too many failures in the last WINDOW seconds."""
    now = time.monotonic()
    failures[name] = [then for then in failures.get(name, []) if now - then < WINDOW]
    if len(failures[name]) >= FAILURES:
        raise HTTPException(429, "too many failed logins")


def count_failure(name):
    failures.setdefault(name, []).append(time.monotonic())


def make_token(user):
    return jwt.encode({"sub": str(user["id"]), "exp": int(time.time()) + 1800}, JWT_SECRET, algorithm="HS256")


def current_user(credentials=Depends(bearer)):
    try:
        claims = jwt.decode(
            credentials.credentials, JWT_SECRET, algorithms=["HS256"], options={"require": ["sub", "exp"]}
        )
    except jwt.InvalidTokenError:
        raise HTTPException(401, "bad token")
    user = db.row("SELECT * FROM users WHERE CAST(id AS TEXT) = ?", claims["sub"])
    if user is None:
        raise HTTPException(401, "bad token")
    return user


def current_admin(user=Depends(current_user)):
    if user["role"] != "admin":
        raise HTTPException(403, "for admins only")


def check_owner(user, owner_id):
    if user["role"] != "admin" and user["id"] != owner_id:
        raise HTTPException(404, "nothing has this id")

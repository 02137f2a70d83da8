import hashlib
import hmac
import secrets
import time

import jwt
from fastapi import Depends, HTTPException, status
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

import embedder

from .config import JWT_SECRET
from .models import SessionLocal, User

TOKEN_SECONDS = 3600


def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()


def get_embedder():
    return embedder


def hash_password(password: str, salt: bytes) -> str:
    digest = hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)
    return f"{salt.hex()}${digest.hex()}"


def new_hash(password: str) -> str:
    return hash_password(password, secrets.token_bytes(16))


def is_right(password: str, stored: str) -> bool:
    salt = bytes.fromhex(stored.partition("$")[0])
    return hmac.compare_digest(hash_password(password, salt), stored)


def make_token(user: User) -> str:
    return jwt.encode({"uid": user.id, "exp": int(time.time()) + TOKEN_SECONDS}, JWT_SECRET)


def get_current_user(
    shown: HTTPAuthorizationCredentials = Depends(HTTPBearer()),
    db: Session = Depends(get_db),
) -> User:
    refused = HTTPException(status.HTTP_401_UNAUTHORIZED, "log in, please", headers={"WWW-Authenticate": "Bearer"})
    try:
        claims = jwt.decode(shown.credentials, JWT_SECRET, algorithms=["HS256"], options={"require": ["exp", "uid"]})
    except jwt.PyJWTError:
        raise refused from None
    user = db.get(User, claims["uid"])
    if user is None:
        raise refused
    return user

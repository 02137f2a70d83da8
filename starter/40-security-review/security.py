"""Passwords and tokens."""

import hashlib
import os

import jwt
from fastapi import Depends, HTTPException
from fastapi.security import HTTPBearer

JWT_SECRET = os.environ.get("JWT_SECRET", "shop-secret")

bearer = HTTPBearer()


def hash_password(password):
    return hashlib.sha256(password.encode()).hexdigest()


def make_token(user):
    return jwt.encode({"sub": str(user["id"]), "user": user}, JWT_SECRET, algorithm="HS256")


def current_user(credentials=Depends(bearer)):
    try:
        claims = jwt.decode(credentials.credentials, JWT_SECRET, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        raise HTTPException(401, "bad token")
    return claims["user"]


def current_admin(user=Depends(current_user)):
    if user["role"] != "admin" and not user["profile"].get("is_staff"):
        raise HTTPException(403, "for admins only")
    return user

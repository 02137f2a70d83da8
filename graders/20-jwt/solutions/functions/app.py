"""PyJWT, a handful of functions, settings read when the module is imported."""

import os
import threading
import time
from typing import Annotated, Any
from uuid import uuid4

import jwt
from fastapi import Depends, FastAPI, Form, HTTPException
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel

import users

SECRET = os.environ["JWT_SECRET"]
PREVIOUS = os.environ.get("JWT_SECRET_PREVIOUS", "")
TTL = int(os.environ.get("JWT_TTL", "900"))
REFRESH_TTL = 2 * TTL
CLAIMS = ["sub", "iat", "exp", "jti", "iss", "aud", "typ"]

if len(SECRET.encode()) < 32:
    raise RuntimeError("JWT_SECRET must have 32 bytes or more")

app = FastAPI()
bearer = OAuth2PasswordBearer(tokenUrl="token")
unauthorized = HTTPException(401, "not authenticated", headers={"WWW-Authenticate": "Bearer"})
# What is used up or dead, by its jti.
dead: set[str] = set()
lock = threading.Lock()


class Pair(BaseModel):
    access_token: str
    refresh_token: str
    token_type: str = "bearer"


class RefreshRequest(BaseModel):
    refresh_token: str


def make_token(username: str, typ: str, ttl: int) -> str:
    now = int(time.time())
    claims = {"sub": username, "iat": now, "exp": now + ttl, "jti": uuid4().hex, "iss": "grader", "aud": "api", "typ": typ}
    return jwt.encode(claims, SECRET, algorithm="HS256")


def make_pair(username: str) -> Pair:
    return Pair(
        access_token=make_token(username, "access", TTL),
        refresh_token=make_token(username, "refresh", REFRESH_TTL),
    )


def read_token(token: str, typ: str) -> dict[str, Any]:
    for key in (SECRET, PREVIOUS):
        if not key:
            continue
        try:
            claims = jwt.decode(token, key, algorithms=["HS256"], issuer="grader", audience="api", options={"require": CLAIMS})
        except jwt.InvalidTokenError:
            continue
        if claims["typ"] == typ and claims["jti"] not in dead:
            return claims
    raise unauthorized


def kill(claims: dict[str, Any]) -> None:
    with lock:
        if claims["jti"] in dead:
            raise unauthorized
        dead.add(claims["jti"])


def get_access_claims(token: Annotated[str, Depends(bearer)]) -> dict[str, Any]:
    return read_token(token, "access")


AccessClaims = Annotated[dict[str, Any], Depends(get_access_claims)]


def get_current_user(claims: AccessClaims) -> str:
    return claims["sub"]


@app.post("/token")
def login(username: Annotated[str, Form()], password: Annotated[str, Form()]) -> Pair:
    if not users.check(username, password):
        raise unauthorized
    return make_pair(username)


@app.get("/me")
def read_me(username: Annotated[str, Depends(get_current_user)]) -> dict[str, str]:
    return {"sub": username}


@app.post("/refresh")
def refresh(body: RefreshRequest) -> Pair:
    claims = read_token(body.refresh_token, "refresh")
    kill(claims)
    return make_pair(claims["sub"])


@app.post("/logout", status_code=204)
def logout(claims: AccessClaims) -> None:
    kill(claims)

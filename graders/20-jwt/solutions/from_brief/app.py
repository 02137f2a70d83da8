"""Access and refresh tokens as JWTs, signed with HS256."""

import os
import time
import uuid
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, Form, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel

import users

SECRET = os.environ.get("JWT_SECRET", "")
if len(SECRET.encode()) < 32:
    raise RuntimeError("JWT_SECRET must have 32 bytes or more")
PREVIOUS = os.environ.get("JWT_SECRET_PREVIOUS", "")
KEYS = [SECRET, PREVIOUS] if PREVIOUS else [SECRET]

ACCESS_TTL = int(os.environ.get("JWT_TTL") or 900)
REFRESH_TTL = ACCESS_TTL + 14 * 24 * 3600

ISSUER = "grader"
AUDIENCE = "api"
CLAIMS = ["sub", "iat", "exp", "jti", "iss", "aud", "typ"]

app = FastAPI()
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")

# The jti of refresh tokens that were used and of access tokens that were logged out. Only touched on the event loop, without
# an await between looking and adding.
dead: set[str] = set()


class Refresh(BaseModel):
    refresh_token: str


def unauthorized() -> HTTPException:
    return HTTPException(401, "Not authenticated", headers={"WWW-Authenticate": "Bearer"})


@app.exception_handler(RequestValidationError)
async def invalid_request(request: Request, exc: RequestValidationError):
    # Does not echo the input, which may be a token, or text that UTF-8 cannot write.
    return JSONResponse({"detail": "Not authenticated"}, 401, headers={"WWW-Authenticate": "Bearer"})


def make_token(sub: str, typ: str, ttl: int) -> str:
    now = int(time.time())
    claims = {
        "sub": sub,
        "iat": now,
        "exp": now + ttl,
        "jti": uuid.uuid4().hex,
        "iss": ISSUER,
        "aud": AUDIENCE,
        "typ": typ,
    }
    return jwt.encode(claims, SECRET, algorithm="HS256")


def make_pair(sub: str) -> dict:
    return {
        "access_token": make_token(sub, "access", ACCESS_TTL),
        "refresh_token": make_token(sub, "refresh", REFRESH_TTL),
        "token_type": "bearer",
    }


def decode(token: str) -> dict:
    for key in KEYS:
        try:
            return jwt.decode(
                token,
                key,
                algorithms=["HS256"],
                audience=AUDIENCE,
                issuer=ISSUER,
                # When a token was made is no reason to refuse it: clocks of other signers may be ahead.
                options={"require": CLAIMS, "verify_iat": False, "strict_aud": True},
            )
        except jwt.InvalidSignatureError:
            continue
        except Exception:  # not only PyJWTError: odd claims and odd JSON raise other things, too
            break
    raise unauthorized()


def is_number(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_text(value) -> bool:
    try:
        return isinstance(value, str) and value.encode() is not None
    except UnicodeEncodeError:  # lone surrogates
        return False


def read_token(token: str, typ: str) -> dict:
    """Return the claims of a token that is accepted, or raise 401."""
    claims = decode(token)
    if (
        claims["typ"] != typ
        or not (is_text(claims["sub"]) and is_text(claims["jti"]))
        or not (is_number(claims["iat"]) and is_number(claims["exp"]))
        or claims["jti"] in dead
    ):
        raise unauthorized()
    return claims


async def get_access_claims(token: Annotated[str, Depends(oauth2_scheme)]) -> dict:
    return read_token(token, "access")


AccessClaims = Annotated[dict, Depends(get_access_claims)]


async def get_current_user(claims: AccessClaims) -> str:
    return claims["sub"]


@app.post("/token")
async def login(username: Annotated[str, Form()] = "", password: Annotated[str, Form()] = ""):
    # With defaults, since FastAPI takes an empty form field for a missing one.
    if not users.check(username, password):
        raise unauthorized()
    return make_pair(username)


@app.get("/me")
async def read_me(user: Annotated[str, Depends(get_current_user)]):
    return {"sub": user}


@app.post("/refresh")
async def refresh(body: Refresh):
    claims = read_token(body.refresh_token, "refresh")
    dead.add(claims["jti"])
    return make_pair(claims["sub"])


@app.post("/logout", status_code=204)
async def logout(claims: AccessClaims):
    dead.add(claims["jti"])

"""argon2 by pwdlib, OAuth2PasswordRequestForm, plain def handlers: FastAPI runs them, and the hashing in them, in threads."""

import secrets
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pwdlib import PasswordHash
from pydantic import BaseModel, Field

import store

app = FastAPI()
bearer = OAuth2PasswordBearer(tokenUrl="token")
hasher = PasswordHash.recommended()
# Checked for unknown names, so that they take as long as known ones.
nobody = hasher.hash(secrets.token_hex())
tokens: dict[str, str] = {}


class Credentials(BaseModel):
    username: str
    password: str = Field(min_length=8)


def unauthorized(detail: str) -> HTTPException:
    return HTTPException(401, detail, headers={"WWW-Authenticate": "Bearer"})


def get_current_user(token: Annotated[str, Depends(bearer)]) -> str:
    username = tokens.get(token)
    if username is None:
        raise unauthorized("unknown token")
    return username


@app.post("/register", status_code=201)
def register(new: Credentials) -> dict[str, str]:
    try:
        store.save_user(new.username, hasher.hash(new.password))
    except store.UserExists:
        raise HTTPException(409, "this name is taken") from None
    return {"username": new.username}


@app.post("/token")
def login(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
    saved = store.get_hash(form.username)
    right = hasher.verify(form.password, saved or nobody)
    if saved is None or not right:
        raise unauthorized("wrong name or password")
    token = secrets.token_urlsafe(32)
    tokens[token] = form.username
    return {"access_token": token, "token_type": "bearer"}


@app.get("/me")
def read_me(username: Annotated[str, Depends(get_current_user)]) -> dict[str, str]:
    return {"username": username}

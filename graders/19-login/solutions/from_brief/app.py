"""Register, log in, and be recognised by a random bearer token."""

import secrets
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pwdlib import PasswordHash
from pydantic import BaseModel, Field

import store

app = FastAPI()
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
password_hash = PasswordHash.recommended()

# Checked when the name is unknown, so that both failures take equally long.
DUMMY_HASH = password_hash.hash(secrets.token_urlsafe())

tokens: dict[str, str] = {}  # token -> username


class Registration(BaseModel):
    username: str = Field(min_length=1)
    password: str = Field(min_length=8)


def unauthorized() -> HTTPException:
    return HTTPException(401, "Not authenticated", headers={"WWW-Authenticate": "Bearer"})


async def get_current_user(token: Annotated[str, Depends(oauth2_scheme)]) -> str:
    username = tokens.get(token)
    if username is None:
        raise unauthorized()
    return username


# register and login hash, which is slow: as ordinary defs they run in the thread pool.


@app.post("/register", status_code=201)
def register(new: Registration):
    try:
        store.save_user(new.username, password_hash.hash(new.password))
    except store.UserExists:
        raise HTTPException(409, "The name is taken") from None
    return {"username": new.username}


@app.post("/token")
def login(form: Annotated[OAuth2PasswordRequestForm, Depends()]):
    saved = store.get_hash(form.username)
    matches = password_hash.verify(form.password, DUMMY_HASH if saved is None else saved)
    if saved is None or not matches:
        raise unauthorized()
    token = secrets.token_urlsafe(32)
    tokens[token] = form.username
    return {"access_token": token, "token_type": "bearer"}


@app.get("/me")
async def read_me(username: Annotated[str, Depends(get_current_user)]):
    return {"username": username}

"""hashlib.scrypt, the form's fields by Form(), async def handlers that hand the hashing to a thread, a class as dependency."""

import secrets
from dataclasses import dataclass

from fastapi import Depends, FastAPI, Form, HTTPException, status
from fastapi.concurrency import run_in_threadpool
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel, Field

import passwords
import store

app = FastAPI()
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")


@dataclass
class User:
    username: str


class Sessions:
    """Who holds which token."""

    def __init__(self):
        self._users = {}

    def open(self, user):
        token = secrets.token_hex(24)
        self._users[token] = user
        return token

    def find(self, token):
        return self._users.get(token)


sessions = Sessions()


class CurrentUser:
    def __init__(self, sessions):
        self.sessions = sessions

    def __call__(self, token: str = Depends(oauth2_scheme)):
        user = self.sessions.find(token)
        if user is None:
            raise Unauthorized("invalid token")
        return user


class Unauthorized(HTTPException):
    def __init__(self, detail):
        super().__init__(status.HTTP_401_UNAUTHORIZED, detail, {"WWW-Authenticate": "Bearer"})


get_current_user = CurrentUser(sessions)


class Registration(BaseModel):
    username: str
    password: str = Field(min_length=8)


class Registered(BaseModel):
    username: str


@app.post("/register", status_code=201, response_model=Registered)
async def register(body: Registration):
    password_hash = await run_in_threadpool(passwords.make, body.password)
    try:
        store.save_user(body.username, password_hash)
    except store.UserExists:
        raise HTTPException(status.HTTP_409_CONFLICT, "username is taken") from None
    return body


@app.post("/token")
async def login(username: str = Form(), password: str = Form()):
    saved = store.get_hash(username)
    if saved is None or not await run_in_threadpool(passwords.check, password, saved):
        raise Unauthorized("incorrect username or password")
    return {"access_token": sessions.open(User(username)), "token_type": "bearer", "expires_in": None}


@app.get("/me", response_model=Registered)
async def read_me(user: User = Depends(get_current_user)):
    return user

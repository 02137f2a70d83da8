"""A client is an address and a port."""

import os
from typing import Annotated

import redis
from fastapi import Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel

import users

WINDOW = int(os.environ["RATE_WINDOW"])
store = redis.Redis.from_url(os.environ["REDIS_URL"])

app = FastAPI()


class Credentials(BaseModel):
    username: str
    password: str


def get_client_id(request: Request) -> str:
    return f"{request.client.host}:{request.client.port}" if request.client else "local"


ClientId = Annotated[str, Depends(get_client_id)]


class Limit:
    """So many requests in a fixed window, which begins with the first of them."""

    def __init__(self, name: str, most: int) -> None:
        self.name, self.most = name, most

    def hit(self, *who: str) -> None:
        key = ":".join((self.name, *who))
        with store.pipeline(transaction=True) as pipe:
            pipe.set(key, 0, ex=WINDOW, nx=True)
            pipe.incr(key)
            pipe.ttl(key)
            _created, count, left = pipe.execute()
        if count > self.most:
            raise HTTPException(429, headers={"Retry-After": str(max(1, left))})


class SearchLimit(Limit):
    def __call__(self, client: ClientId) -> None:
        self.hit(client)


class LoginLimit(Limit):
    def __call__(self, client: ClientId, credentials: Credentials) -> None:
        self.hit(client, credentials.username)


@app.get("/")
def index() -> dict[str, str]:
    return {}


@app.post("/login", dependencies=[Depends(LoginLimit("login", 5))])
def login(credentials: Credentials) -> dict[str, str]:
    if not users.check(credentials.username, credentials.password):
        raise HTTPException(401)
    return {}


@app.get("/search", dependencies=[Depends(SearchLimit("search", 30))])
def search(q: str) -> dict[str, str]:
    return {}

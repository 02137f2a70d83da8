import os
import uuid
from typing import Annotated

import redis.asyncio as redis
import users
from fastapi import Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel

WINDOW = int(os.environ.get("RATE_WINDOW", "60"))
LOGINS, SEARCHES = 5, 30

# A sliding log: the times of what was let in. One script, so that counting and adding are one step for all instances.
SCRIPT = """
local now = redis.call('TIME')
local at = now[1] * 1000 + math.floor(now[2] / 1000)
local window = tonumber(ARGV[1]) * 1000
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', at - window)
if redis.call('ZCARD', KEYS[1]) < tonumber(ARGV[2]) then
  redis.call('ZADD', KEYS[1], at, ARGV[3])
  redis.call('PEXPIRE', KEYS[1], window)
  return 0
end
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return math.max(1, oldest[2] + window - at)
"""

store = redis.from_url(os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"))
take = store.register_script(SCRIPT)
app = FastAPI()


def get_client_id(request: Request) -> str:
    return request.client.host if request.client else "local"


Client = Annotated[str, Depends(get_client_id)]


class Credentials(BaseModel):
    username: str
    password: str


async def limited(key: str, limit: int) -> None:
    wait = int(await take(keys=[key], args=[WINDOW, limit, uuid.uuid4().hex]))
    if wait:
        seconds = min(WINDOW, max(1, -(-wait // 1000)))
        raise HTTPException(429, "Too many requests", {"Retry-After": str(seconds)})


@app.get("/")
async def index():
    return {"hello": "world"}


@app.post("/login")
async def login(credentials: Credentials, client: Client):
    await limited(f"login:{client}:{credentials.username}", LOGINS)
    if not users.check(credentials.username, credentials.password):
        raise HTTPException(401, "Wrong username or password")
    return {"username": credentials.username}


@app.get("/search")
async def search(q: str, client: Client):
    await limited(f"search:{client}", SEARCHES)
    return {"q": q, "results": []}

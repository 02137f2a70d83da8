"""Sliding windows: the times of what was let in lie in a sorted set, which one transaction clears, adds to and counts."""

import os
import time
import uuid
from contextlib import asynccontextmanager

import users
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel
from redis import asyncio as aioredis
from starlette.concurrency import run_in_threadpool

LOGIN_LIMIT, SEARCH_LIMIT = 5, 30
router = APIRouter()


@asynccontextmanager
async def lifespan(app):
    app.state.window = int(os.environ["RATE_WINDOW"])
    async with aioredis.from_url(os.environ["REDIS_URL"]) as app.state.redis:
        yield


class Login(BaseModel):
    username: str
    password: str


async def get_client_id(request: Request):
    return request.client.host if request.client else "local"


async def admit(state, key, limit):
    """Let one more in, or raise a 429. What is refused does not stay in the set."""
    now, member = time.time(), uuid.uuid4().hex
    async with state.redis.pipeline() as pipe:
        pipe.zremrangebyscore(key, "-inf", now - state.window)
        pipe.zadd(key, {member: now})
        pipe.zcard(key)
        pipe.expire(key, state.window)
        _removed, _added, count, _set = await pipe.execute()
    if count > limit:
        await state.redis.zrem(key, member)
        raise HTTPException(429, "Too many requests", {"Retry-After": str(state.window)})


async def limit_search(request: Request, client=Depends(get_client_id)):
    await admit(request.app.state, f"search/{client}", SEARCH_LIMIT)


@router.get("/")
async def index():
    return {}


@router.post("/login")
async def login(body: Login, request: Request, client=Depends(get_client_id)):
    await admit(request.app.state, f"login/{client}/{body.username}", LOGIN_LIMIT)
    if not await run_in_threadpool(users.check, body.username, body.password):
        raise HTTPException(status_code=401, detail="Wrong user or password")
    return {}


@router.get("/search", dependencies=[Depends(limit_search)])
async def search(q: str):
    return {}


app = FastAPI(lifespan=lifespan)
app.include_router(router)

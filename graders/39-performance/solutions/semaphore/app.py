"""One httpx client on app.state, a semaphore for each batch, a lock around the cached rates."""

import asyncio
import math
import os
import time
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx
from fastapi import FastAPI, Header, HTTPException, Query, Request, Response

CALL_SECONDS = 1.0
RATES_SECONDS = 2.0
AT_A_TIME = 10
MOST_IDS = 50
MOST_BYTES = 64 * 1024


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with httpx.AsyncClient(base_url=os.environ["UPSTREAM_URL"]) as client:
        app.state.client = client
        yield


class Timing:
    """Takes the time of every request."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http" or scope["path"] == "/metrics":
            await self.app(scope, receive, send)
            return
        start = time.perf_counter()
        try:
            await self.app(scope, receive, send)
        finally:
            durations.append(time.perf_counter() - start)
            count["requests"] += 1


app = FastAPI(lifespan=lifespan)
app.add_middleware(Timing)
durations: list[float] = []
count = {"requests": 0}
rates_lock = asyncio.Lock()
#: Until when it is good, and the answer: nothing, or one of them.
kept: list[tuple[float, Any]] = []


async def fetch(path: str, headers: dict[str, str] | None = None):
    try:
        async with asyncio.timeout(CALL_SECONDS):
            reply = await app.state.client.get(path, headers=headers)
    except TimeoutError:
        raise HTTPException(504, "the upstream is too slow") from None
    except httpx.TransportError:
        raise HTTPException(502, "the upstream cannot be reached") from None
    if reply.status_code != 200:
        raise HTTPException(502, "the upstream failed")
    return reply.json()


@app.get("/ping")
def ping():
    return {"pong": True}


@app.get("/rates")
async def rates():
    async with rates_lock:
        if not kept or time.monotonic() >= kept[0][0]:
            answer = await fetch("/rates")
            kept[:] = [(time.monotonic() + RATES_SECONDS, answer)]
        return kept[0][1]


@app.get("/me")
async def me(authorization: Annotated[str, Header()]):
    return await fetch("/me", {"Authorization": authorization})


@app.get("/batch")
async def batch(ids: Annotated[str, Query(min_length=1)]):
    names = ids.split(",")
    if len(names) > MOST_IDS:
        raise HTTPException(422, "too many ids")
    limit = asyncio.Semaphore(AT_A_TIME)

    async def item(name: str):
        async with limit:
            return await fetch(f"/item/{name}")

    return await asyncio.gather(*(item(name) for name in names))


@app.post("/echo")
async def echo(request: Request):
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise HTTPException(413, "too large")
    return Response(bytes(body), media_type=request.headers.get("content-type"))


def percentile(times: list[float], share: float) -> float:
    return times[math.ceil(share * len(times)) - 1] * 1000 if times else 0


@app.get("/metrics")
def metrics():
    times = sorted(durations)
    return {"count": count["requests"], "p95_ms": percentile(times, 0.95), "p99_ms": percentile(times, 0.99)}

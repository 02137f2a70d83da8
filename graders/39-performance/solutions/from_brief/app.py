"""Stands between its clients and a slow service."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from metrics import Latencies, MeasureLatency
from rates import Shared
from upstream_client import fetch, new_client

MOST_IDS = 50
AT_A_TIME = 10
MOST_BYTES = 65_536

latencies = Latencies()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with new_client() as client:
        app.state.client = client
        app.state.rates = Shared(lambda: fetch(client, "/rates"))
        yield


app = FastAPI(lifespan=lifespan)
app.add_middleware(MeasureLatency, latencies=latencies)


def get_client(request: Request) -> httpx.AsyncClient:
    return request.app.state.client


Client = Annotated[httpx.AsyncClient, Depends(get_client)]


def as_json(body: bytes) -> Response:
    """Hand on what the upstream said, byte by byte."""
    return Response(body, media_type="application/json")


@app.get("/ping")
async def ping():
    return {"pong": True}


@app.get("/rates")
async def rates(request: Request):
    return as_json(await request.app.state.rates.get())


@app.get("/me")
async def me(request: Request, client: Client):
    credentials = [(name, value) for name, value in request.headers.raw if name.lower() == b"authorization"]
    return as_json(await fetch(client, "/me", credentials))


@app.get("/batch")
async def batch(ids: Annotated[str, Query(min_length=1)], client: Client):
    wanted = ids.split(",")
    if len(wanted) > MOST_IDS or not all(wanted):
        raise HTTPException(422, f"ids has 1 to {MOST_IDS} ids, between commas")
    turns = asyncio.Semaphore(AT_A_TIME)

    async def one(item: str) -> bytes:
        async with turns:
            return await fetch(client, f"/item/{item}")

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(item)) for item in wanted]
    except* HTTPException as failed:
        failure = failed.exceptions[0]
    else:
        return as_json(b"[" + b",".join(task.result() for task in tasks) + b"]")
    raise failure


@app.post("/echo")
async def echo(request: Request):
    body = bytearray()
    async for chunk in request.stream():
        if len(body) + len(chunk) > MOST_BYTES:
            raise HTTPException(413, f"a body has at most {MOST_BYTES} bytes")
        body += chunk
    kind = request.headers.get("content-type")
    return Response(bytes(body), headers={"Content-Type": kind} if kind else None)


@app.get("/metrics")
async def metrics():
    return {"count": latencies.count, "p95_ms": latencies.percentile(0.95), "p99_ms": latencies.percentile(0.99)}

import asyncio
from typing import Any

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

import upstream

app = FastAPI()


@app.get("/ping")
async def ping() -> dict[str, bool]:
    return {"pong": True}


@app.get("/sync/{key}")
def read_sync(key: str) -> dict[str, Any]:
    return upstream.fetch_sync(key)


@app.get("/async/{key}")
async def read_async(key: str) -> dict[str, Any]:
    return await upstream.fetch_async(key)


@app.get("/legacy/{key}")
async def read_legacy(key: str) -> dict[str, Any]:
    return await run_in_threadpool(upstream.fetch_sync, key)


@app.get("/both/{a}/{b}")
async def read_both(a: str, b: str) -> dict[str, Any]:
    first, second = await asyncio.gather(upstream.fetch_async(a), upstream.fetch_async(b))
    return {"a": first, "b": second}


@app.get("/cpu/{n}")
async def run_crunch(n: int) -> dict[str, int]:
    return await run_in_threadpool(upstream.crunch, n)

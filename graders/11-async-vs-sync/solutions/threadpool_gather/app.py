import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool

import upstream


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    with ProcessPoolExecutor() as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


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
async def run_crunch(n: int, request: Request) -> dict[str, int]:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(request.app.state.pool, upstream.crunch, n)

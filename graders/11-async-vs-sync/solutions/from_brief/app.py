import asyncio
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool

import upstream


@asynccontextmanager
async def lifespan(app: FastAPI):
    with ProcessPoolExecutor() as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/ping")
async def ping():
    return {"pong": True}


@app.get("/sync/{key}")
def read_sync(key: str):
    return upstream.fetch_sync(key)


@app.get("/async/{key}")
async def read_async(key: str):
    return await upstream.fetch_async(key)


@app.get("/legacy/{key}")
async def read_legacy(key: str):
    return await run_in_threadpool(upstream.fetch_sync, key)


@app.get("/both/{a}/{b}")
async def read_both(a: str, b: str):
    result_a, result_b = await asyncio.gather(upstream.fetch_async(a), upstream.fetch_async(b))
    return {"a": result_a, "b": result_b}


@app.get("/cpu/{n}")
async def run_crunch(n: int, request: Request):
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(request.app.state.pool, upstream.crunch, n)

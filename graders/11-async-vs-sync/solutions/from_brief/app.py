import asyncio
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request

import upstream
from workers import make_pool


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.pool = make_pool()
    try:
        yield
    finally:
        app.state.pool.shutdown(cancel_futures=True)


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
    return await asyncio.to_thread(upstream.fetch_sync, key)


@app.get("/both/{a}/{b}")
async def read_both(a: str, b: str):
    async with asyncio.TaskGroup() as group:
        first = group.create_task(upstream.fetch_async(a))
        second = group.create_task(upstream.fetch_async(b))
    return {"a": first.result(), "b": second.result()}


@app.get("/cpu/{n}")
async def run_crunch(n: int, request: Request):
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(request.app.state.pool, upstream.crunch, n)

import asyncio
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

import resources


@asynccontextmanager
async def lifespan(app: FastAPI):
    pool, cache = resources.Pool(), resources.Cache()
    await pool.open()
    try:
        await cache.open()
        try:
            app.state.pool, app.state.cache = pool, cache
            yield
        finally:
            await cache.close()
    finally:
        await pool.close()


app = FastAPI(lifespan=lifespan)


async def check(resource) -> str:
    try:
        await resource.ping()
    except Exception:
        return "fail"
    return "ok"


@app.get("/pool")
async def show_pool(request: Request):
    return {"id": request.app.state.pool.id}


@app.get("/health/live")
async def live():
    return {"status": "alive"}


@app.get("/health/ready")
async def ready(request: Request):
    state = request.app.state
    db, cache = await asyncio.gather(check(state.pool), check(state.cache))
    healthy = db == cache == "ok"
    return JSONResponse({"db": db, "cache": cache}, 200 if healthy else 503)

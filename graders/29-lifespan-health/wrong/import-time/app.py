import asyncio
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.responses import JSONResponse

import resources


pool, cache = resources.Pool(), resources.Cache()


@asynccontextmanager
async def lifespan(app: FastAPI):
    await pool.open()
    try:
        await cache.open()
    except resources.Down:
        await pool.close()
        raise
    yield


app = FastAPI(lifespan=lifespan)


async def check(resource) -> str:
    try:
        await asyncio.wait_for(resource.ping(), 0.5)
    except Exception:
        return "fail"
    return "ok"


@app.get("/pool")
async def show_pool():
    return {"id": pool.id}


@app.get("/health/live")
async def live():
    return {"status": "alive"}


@app.get("/health/ready")
async def ready():
    db, cached = await asyncio.gather(check(pool), check(cache))
    healthy = db == cached == "ok"
    return JSONResponse({"db": db, "cache": cached}, 200 if healthy else 503)

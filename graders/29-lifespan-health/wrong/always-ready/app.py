from contextlib import asynccontextmanager

from fastapi import FastAPI, Request

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


@app.get("/pool")
async def show_pool(request: Request):
    return {"id": request.app.state.pool.id}


@app.get("/health/live")
async def live():
    return {"status": "alive"}


@app.get("/health/ready")
async def ready():
    return {"db": "ok", "cache": "ok"}

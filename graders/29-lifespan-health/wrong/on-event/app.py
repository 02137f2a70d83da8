import asyncio

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

import resources


app = FastAPI()


@app.on_event("startup")
async def open_all():
    app.state.pool, app.state.cache = resources.Pool(), resources.Cache()
    await app.state.pool.open()
    try:
        await app.state.cache.open()
    except resources.Down:
        await app.state.pool.close()
        raise


@app.on_event("shutdown")
async def close_all():
    try:
        await app.state.cache.close()
    finally:
        await app.state.pool.close()


async def check(resource) -> str:
    try:
        await asyncio.wait_for(resource.ping(), 0.5)
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

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Annotated, Protocol

import resources
from fastapi import APIRouter, Depends, FastAPI, Request, Response

PATIENCE = 0.6


class Pingable(Protocol):
    async def ping(self) -> None: ...


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, object]]:
    async with AsyncExitStack() as opened:
        pool = resources.Pool()
        await pool.open()
        opened.push_async_callback(pool.close)
        cache = resources.Cache()
        await cache.open()
        opened.push_async_callback(cache.close)
        yield {"pool": pool, "cache": cache}


def get_pool(request: Request) -> resources.Pool:
    return request.state.pool


def get_cache(request: Request) -> resources.Cache:
    return request.state.cache


Pool = Annotated[resources.Pool, Depends(get_pool)]
Cache = Annotated[resources.Cache, Depends(get_cache)]


async def state_of(what: Pingable) -> str:
    try:
        async with asyncio.timeout(PATIENCE):
            await what.ping()
    except Exception:
        return "fail"
    return "ok"


health = APIRouter(prefix="/health", tags=["health"])


@health.get("/live")
async def live() -> dict[str, str]:
    return {"status": "alive"}


@health.get("/ready")
async def ready(pool: Pool, cache: Cache, response: Response) -> dict[str, str]:
    db_state, cache_state = await asyncio.gather(state_of(pool), state_of(cache))
    if {db_state, cache_state} != {"ok"}:
        response.status_code = 503
    return {"db": db_state, "cache": cache_state}


app = FastAPI(title="Lifespan", lifespan=lifespan)
app.include_router(health)


@app.get("/pool")
async def show_pool(pool: Pool) -> dict[str, str]:
    return {"id": pool.id}

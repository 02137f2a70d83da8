"""An exit stack closes what was opened; the lifespan yields state, and a dependency hands it to the routes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI, Request, Response, status
from pydantic import BaseModel

import resources

PATIENCE = 0.6
Health = Literal["ok", "fail"]


@dataclass
class Opened:
    pool: resources.Pool
    cache: resources.Cache


class Ready(BaseModel):
    db: Health
    cache: Health


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    async with AsyncExitStack() as stack:

        async def opened(resource):
            await resource.open()
            stack.push_async_callback(resource.close)
            return resource

        pool = await opened(resources.Pool())
        yield {"opened": Opened(pool, await opened(resources.Cache()))}


def get_opened(request: Request) -> Opened:
    return request.state.opened


Resources = Annotated[Opened, Depends(get_opened)]
router = APIRouter()
health = APIRouter(prefix="/health")


@router.get("/pool")
def show_pool(opened: Resources) -> dict[str, str]:
    return {"id": opened.pool.id}


@health.get("/live")
def live() -> dict[str, str]:
    return {"status": "alive"}


async def is_up(resource: resources.Pool | resources.Cache) -> Health:
    try:
        async with asyncio.timeout(PATIENCE):
            await resource.ping()
    except (resources.Down, TimeoutError):
        return "fail"
    return "ok"


@health.get("/ready")
async def ready(opened: Resources, response: Response) -> Ready:
    async with asyncio.TaskGroup() as checks:
        db = checks.create_task(is_up(opened.pool))
        cache = checks.create_task(is_up(opened.cache))
    found = Ready(db=db.result(), cache=cache.result())
    if "fail" in (found.db, found.cache):
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return found


app = FastAPI(lifespan=lifespan)
app.include_router(router)
app.include_router(health)

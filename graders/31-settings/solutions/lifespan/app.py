from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI
from settings import Settings, get_settings


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    get_settings()
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/config")
async def read_config(settings: Annotated[Settings, Depends(get_settings)]) -> dict[str, str | bool | int]:
    return {"name": settings.name, "debug": settings.debug, "max_items": settings.max_items}

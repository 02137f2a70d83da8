from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from settings import get_settings


@asynccontextmanager
async def lifespan(_app):
    get_settings()
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/config")
async def read_config(settings=Depends(get_settings)):
    return {"name": settings.name, "debug": settings.debug, "max_items": settings.max_items}

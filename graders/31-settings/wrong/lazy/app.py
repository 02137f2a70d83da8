from typing import Annotated

from fastapi import Depends, FastAPI
from settings import Settings, get_settings

app = FastAPI()


@app.get("/config")
async def read_config(settings: Annotated[Settings, Depends(get_settings)]):
    return {"name": settings.name, "debug": settings.debug, "max_items": settings.max_items}

import sys
from typing import Annotated

from fastapi import Depends, FastAPI
from settings import ConfigurationError, Settings, get_settings

try:
    get_settings()
except ConfigurationError as error:
    print(error)
    sys.exit()

app = FastAPI()


@app.get("/config")
async def read_config(settings: Annotated[Settings, Depends(get_settings)]):
    return {"name": settings.name, "debug": settings.debug, "max_items": settings.max_items}

import sys
from typing import Annotated

from fastapi import Depends, FastAPI

from settings import ConfigurationError, Settings, get_settings

try:
    get_settings()
except ConfigurationError as error:
    sys.exit(str(error))  # printed to stderr, and the exit code is 1

app = FastAPI()


@app.get("/config")
def read_config(settings: Annotated[Settings, Depends(get_settings)]):
    return {"name": settings.name, "debug": settings.debug, "max_items": settings.max_items}

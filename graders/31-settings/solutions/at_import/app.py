from fastapi import Depends, FastAPI
from pydantic import BaseModel

import settings


class PublicConfig(BaseModel):
    name: str
    debug: bool
    max_items: int


app = FastAPI()


@app.get("/config", response_model=PublicConfig)
def config(current=Depends(settings.get_settings)):
    return current

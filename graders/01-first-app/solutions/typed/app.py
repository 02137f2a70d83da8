from typing import Annotated, Literal

from fastapi import FastAPI, Query
from pydantic import BaseModel

app = FastAPI(title="Hello API", version="1.2.3")


class Health(BaseModel):
    status: Literal["ok"] = "ok"


class Greeting(BaseModel):
    message: str


@app.get("/health")
async def health() -> Health:
    return Health()


@app.get("/hello")
async def hello(name: Annotated[str, Query(description="Who is greeted.")] = "world") -> Greeting:
    """Greet somebody.

    The app says hello to `name`, or to the whole world.
    """
    return Greeting(message=f"Hello, {name}!")

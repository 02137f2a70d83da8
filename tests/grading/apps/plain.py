"""An app of ordinary routes: dependencies to override, work in the background, and what it sees of a request."""

import asyncio
import os
import sys
import time
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, Request

app = FastAPI(title="T")
state = {"background": 0, "count": 0}


def get_thing():
    return {"name": "real"}


class Opener:
    def __call__(self):
        return "opened"


opener = Opener()


@app.get("/thing")
def thing(value: Annotated[Any, Depends(get_thing)]):
    state["count"] += 1
    if not isinstance(value, dict):
        return {"name": value.name, "tags": value.tags}
    return value


@app.get("/opener")
def use_opener(value: Annotated[Any, Depends(opener)]):
    return {"value": value}


@app.get("/background")
async def background(tasks: BackgroundTasks):
    async def work():
        await asyncio.sleep(0.05)
        state["background"] += 1

    tasks.add_task(work)
    return {"queued": True}


@app.get("/state")
def show():
    return {**state, "mode": os.environ.get("MODE", "none"), "pid": os.getpid()}


@app.get("/print")
def say(text: str):
    print(text)
    print("to stderr " + text, file=sys.stderr)
    return {}


@app.get("/boom")
def boom():
    raise ValueError("secret " + "x" * 10)


@app.get("/echo")
async def echo(request: Request):
    return {
        "client": request.client.host,
        "server": list(request.scope["server"]),
        "root": request.scope["root_path"],
        "headers": sorted(request.headers),
        "host": request.headers["host"],
    }


@app.post("/upload")
async def upload(request: Request):
    return {"size": len(await request.body()), "type": request.headers.get("content-type")}


@app.get("/slow")
def slow(seconds: float):
    time.sleep(seconds)
    return {}


inner = APIRouter(prefix="/deep")


@inner.get("/route")
async def deep(value: Annotated[Any, Depends(get_thing)]):
    return value


outer = APIRouter(prefix="/outer")
outer.include_router(inner)
app.include_router(outer)

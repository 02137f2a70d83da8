"""11-async-vs-sync: the brief is in README.md. Run it with `uvicorn app:app --reload`, grade it with `grade 11`."""

import time

from fastapi import FastAPI

import upstream  # noqa: F401 - TODO: call through it: upstream.fetch_sync(key), await upstream.fetch_async(key), …

app = FastAPI()


@app.get("/ping")
async def ping():
    return {"pong": True}


@app.get("/sync/{key}")
async def read_sync(key: str):
    time.sleep(0.2)  # TODO: nothing else is answered while this runs
    return {}


@app.get("/async/{key}")
async def read_async(key: str):
    time.sleep(0.2)  # TODO
    return {}


@app.get("/legacy/{key}")
async def read_legacy(key: str):
    time.sleep(0.2)  # TODO: stay an async def, and still block nobody
    return {}


@app.get("/both/{a}/{b}")
async def read_both(a: str, b: str):
    time.sleep(0.4)  # TODO: two fetches at the same time
    return {}


@app.get("/cpu/{n}")
async def run_crunch(n: int):
    time.sleep(1)  # TODO: work for another process
    return {}

"""39-performance: the brief is in README.md.

Run `python upstream.py` in one terminal and `UPSTREAM_URL=http://127.0.0.1:9000 uvicorn app:app --reload` in another. Grade it
with `grade 39-performance`, which brings an upstream of its own.
"""

import os

from fastapi import FastAPI, HTTPException

UPSTREAM_URL = os.environ.get("UPSTREAM_URL", "http://127.0.0.1:9000")
# TODO: one client for all requests, opened and closed by a lifespan

app = FastAPI()


@app.get("/ping")
def ping():
    return {"pong": True}


@app.get("/rates")
async def rates():
    raise HTTPException(501)  # TODO


@app.get("/me")
async def me():
    raise HTTPException(501)  # TODO


@app.get("/batch")
async def batch():
    raise HTTPException(501)  # TODO


@app.post("/echo")
async def echo():
    raise HTTPException(501)  # TODO


@app.get("/metrics")
async def metrics():
    raise HTTPException(501)  # TODO

"""27-streaming: the brief is in README.md. Run it with `uvicorn app:app --reload`, grade it with `grade 27-streaming`."""

from fastapi import FastAPI, HTTPException

import source  # noqa: F401 - TODO: source.rows(n), source.ticks(after)

app = FastAPI()


@app.get("/ping")
async def ping():
    return {"pong": True}


@app.get("/export")
def export():
    raise HTTPException(501)  # TODO


@app.get("/events")
async def events():
    raise HTTPException(501)  # TODO

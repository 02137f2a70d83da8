"""Last-Event-ID is not looked at."""

import json
from contextlib import aclosing
from typing import Annotated

from fastapi import FastAPI, Query
from fastapi.responses import StreamingResponse

import source

app = FastAPI()


@app.get("/ping")
async def ping():
    return {"pong": True}


@app.get("/export")
def export(rows: Annotated[int, Query(ge=1, le=100_000)]):
    return StreamingResponse(
        source.rows(rows),
        media_type="text/csv",
        headers={"Content-Disposition": 'attachment; filename="export.csv"'},
    )


async def frames(after: int):
    async with aclosing(source.ticks(after)) as ticks:
        async for number, payload in ticks:
            yield f"id: {number}\nevent: tick\ndata: {json.dumps(payload)}\n\n"


@app.get("/events")
async def events():
    return StreamingResponse(frames(0), media_type="text/event-stream", headers={"Cache-Control": "no-cache"})

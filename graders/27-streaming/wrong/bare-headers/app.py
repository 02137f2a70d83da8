"""The media types are set, and nothing else: the export is shown and the events may be cached."""

import json
from contextlib import aclosing
from typing import Annotated

from fastapi import FastAPI, Header, Query
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
    )


async def frames(after: int):
    async with aclosing(source.ticks(after)) as ticks:
        async for number, payload in ticks:
            yield f"id: {number}\nevent: tick\ndata: {json.dumps(payload)}\n\n"


@app.get("/events")
async def events(last_event_id: Annotated[int, Header()] = 0):
    return StreamingResponse(frames(last_event_id), media_type="text/event-stream")

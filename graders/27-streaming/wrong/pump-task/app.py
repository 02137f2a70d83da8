"""A task of its own fills a queue from the ticks, and goes on when the client has left."""

import asyncio
import json
from typing import Annotated

from fastapi import FastAPI, Header, Query
from fastapi.responses import StreamingResponse

import source

app = FastAPI()
tasks = set()


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
    queue = asyncio.Queue()

    async def pump():
        async for tick in source.ticks(after):
            await queue.put(tick)
        await queue.put(None)

    task = asyncio.create_task(pump())
    tasks.add(task)
    while tick := await queue.get():
        number, payload = tick
        yield f"id: {number}\nevent: tick\ndata: {json.dumps(payload)}\n\n"
    await task


@app.get("/events")
async def events(last_event_id: Annotated[int, Header()] = 0):
    return StreamingResponse(frames(last_event_id), media_type="text/event-stream", headers={"Cache-Control": "no-cache"})

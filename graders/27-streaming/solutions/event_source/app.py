"""Path operations that yield: lines taken one by one in a thread, and FastAPI's own server-sent events."""

from fastapi import Depends, FastAPI, Header, Query, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

import source

app = FastAPI()


class CsvFile(StreamingResponse):
    media_type = "text/csv"


@app.get("/ping")
async def ping():
    return {"pong": True}


def save_as_file(response: Response):
    response.headers["content-disposition"] = "attachment; filename=rows.csv"


@app.get("/export", response_class=CsvFile, dependencies=[Depends(save_as_file)])
async def export(rows: int = Query(ge=1, le=100_000)):
    lines = source.rows(rows)
    while line := await run_in_threadpool(next, lines, None):
        yield line


@app.get("/events", response_class=EventSourceResponse)
async def events(last_event_id: int = Header(default=0)):
    async for number, payload in source.ticks(last_event_id):
        yield ServerSentEvent(data=payload, event="tick", id=str(number))

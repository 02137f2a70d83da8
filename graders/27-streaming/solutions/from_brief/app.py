import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from typing import Annotated

import source
from fastapi import FastAPI, Header, Query
from fastapi.responses import StreamingResponse

app = FastAPI(title="Streams")

BATCH = 50


def grouped(count: int) -> Iterator[str]:
    """The first line goes out alone so that the client sees at once that something comes."""
    pending: list[str] = []
    size = 1
    for line in source.rows(count):
        pending.append(line)
        if len(pending) >= size:
            yield "".join(pending)
            pending.clear()
            size = BATCH
    if pending:
        yield "".join(pending)


async def frames(after: int) -> AsyncIterator[str]:
    async with contextlib.aclosing(source.ticks(after)) as ticks:
        async for number, payload in ticks:
            yield f"event: tick\nid: {number}\ndata: {json.dumps(payload)}\n\n"


@app.get("/ping")
async def ping() -> dict[str, bool]:
    return {"pong": True}


@app.get("/export", response_class=StreamingResponse)
def export(rows: Annotated[int, Query(ge=1, le=100_000)]) -> StreamingResponse:
    # A plain generator: Starlette takes its items in a thread of the pool.
    return StreamingResponse(
        grouped(rows),
        media_type="text/csv",
        headers={"Content-Disposition": 'attachment; filename="export.csv"'},
    )


@app.get("/events", response_class=StreamingResponse)
async def events(last_event_id: Annotated[int, Header()] = 0) -> StreamingResponse:
    return StreamingResponse(
        frames(last_event_id),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )

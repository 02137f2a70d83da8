"""The routes of the app. Do not edit it: while grading, a module with the same routes replaces it."""

import asyncio
import logging

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

log = logging.getLogger("app")
router = APIRouter()


@router.get("/ok")
async def ok(n: int = 0):
    """Answer after a while."""
    await asyncio.sleep(0.2)
    return {"ok": True, "n": n}


@router.get("/log")
async def write_log():
    """Log one line, which may hold anything."""
    await asyncio.sleep(0.2)
    text = 'a "quoted" word,\nand a second line'
    log.info("noted: %s", text)
    return {"noted": text}


@router.get("/stream")
async def stream():
    """Send one line now and one later."""

    async def lines():
        yield "first\n"
        await asyncio.sleep(2)
        yield "last\n"

    return StreamingResponse(lines(), media_type="text/plain")


@router.get("/boom")
async def boom():
    """Raise an exception that nobody handles, with a text that nobody outside should read."""
    raise RuntimeError("cannot connect to db.internal:5432 as 'shop' with password 'hunter2'")

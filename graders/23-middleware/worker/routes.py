"""The twin of routes.py: the same routes, which say and raise what the grader decides, when it decides."""

import builtins
import contextlib
import logging

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from gradewright.worker.twins import acall

log = logging.getLogger("app")


@contextlib.asynccontextmanager
async def _lifespan(_app):
    """Runs with the app's own: what swallows it keeps the app from starting and stopping as it should."""
    running.append(True)
    yield
    running.clear()


running = []
router = APIRouter(lifespan=_lifespan)

# What --no-access-log does. A filter, because the server sets up its loggers after this module is imported.
logging.getLogger("uvicorn.access").addFilter(lambda _record: False)


def _unexpected(kind, name, text):
    """Make an exception that derives from this builtin one, with a name and a text that the grader chose."""
    return type(name, (getattr(builtins, kind),), {"__module__": "routes"})(text)


@router.get("/ok")
async def ok(n: int = 0):
    """Answer after a while."""
    await acall("routes.ok", bool(running))
    return {"ok": True, "n": n}


@router.get("/log")
async def write_log():
    """Log one line, which may hold anything."""
    text = await acall("routes.log")
    log.info("noted: %s", text)
    return {"noted": text}


@router.get("/stream")
async def stream():
    """Send one line now and one later."""

    async def lines():
        yield await acall("routes.first")
        yield await acall("routes.last")

    return StreamingResponse(lines(), media_type="text/plain")


@router.get("/boom")
async def boom():
    """Raise an exception that nobody handles."""
    await acall("routes.boom", errors={"Unexpected": _unexpected})

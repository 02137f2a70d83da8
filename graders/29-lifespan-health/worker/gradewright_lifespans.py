"""Serves the submission's app, after it was imported and has had one whole lifespan already, in which GET /pool was asked.

It tells the grader where each of these ends, and what the import said about startup and shutdown events.
"""

import asyncio
import contextlib
import warnings

from gradewright.worker.loader import load_beside
from gradewright.worker.twins import TwinFailed, call

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    inner = load_beside(__file__)


def tell(*facts):
    with contextlib.suppress(TwinFailed):
        call("resources.phase", *facts)


def events():
    """Return what of the old event handlers is in use."""
    said = [str(warning.message).strip().partition("\n")[0] for warning in caught if "lifespan" in str(warning.message)]
    router = getattr(inner, "router", None)
    used = [name for name in ("on_startup", "on_shutdown") if getattr(router, name, None)]
    return (said or [f"handlers in {' and '.join(used)}"] if used else said)[:2]


tell("imported", events())


async def ask(path, state):
    """Send a GET request to the submission's app; its answer is not looked at."""
    messages = asyncio.Queue()
    messages.put_nowait({"type": "http.request", "body": b"", "more_body": False})
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "method": "GET"}
    scope |= {"path": path, "raw_path": path.encode(), "root_path": "", "query_string": b"", "state": dict(state)}
    scope |= {"server": ("testserver", 80), "client": ("testclient", 50000), "headers": [(b"host", b"testserver")]}

    async def send(_message):
        pass

    with contextlib.suppress(Exception):
        await inner(scope, messages.get, send)


async def once(scope):
    """Run one lifespan from its start to its end."""
    messages, state = asyncio.Queue(), {}
    messages.put_nowait({"type": "lifespan.startup"})

    async def send(message):
        if message["type"] == "lifespan.startup.complete":
            await ask("/pool", state)
            messages.put_nowait({"type": "lifespan.shutdown"})

    await inner({**scope, "state": state}, messages.get, send)


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await once(scope)
        tell("again")
    await inner(scope, receive, send)

"""Serves the submission's app, and waits for the grader when the app's lifespan says that its shutdown is complete."""

import contextlib

from gradewright.worker.loader import load_beside
from gradewright.worker.twins import TwinFailed, acall

inner = load_beside(__file__)


async def app(scope, receive, send):
    async def tell(message):
        if message["type"] in ("lifespan.shutdown.complete", "lifespan.shutdown.failed"):
            with contextlib.suppress(TwinFailed):
                await acall("lifespan.ended")
        await send(message)

    await inner(scope, receive, tell if scope["type"] == "lifespan" else send)

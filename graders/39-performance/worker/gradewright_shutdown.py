"""Serves the submission's app, and waits for the grader when the app's lifespan says that its shutdown is complete."""

import contextlib
import os

from gradewright.worker.loader import load
from gradewright.worker.twins import TwinFailed, acall

inner = load(os.path.dirname(os.path.abspath(__file__)), None).app


async def app(scope, receive, send):
    async def tell(message):
        if message["type"] in ("lifespan.shutdown.complete", "lifespan.shutdown.failed"):
            with contextlib.suppress(TwinFailed):
                await acall("lifespan.ended")
        await send(message)

    await inner(scope, receive, tell if scope["type"] == "lifespan" else send)

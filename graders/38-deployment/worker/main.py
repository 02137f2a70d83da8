"""The app to deploy. It answers as the learner's copy does, and has two switches of the grader's: a crash and an illness.

Of Starlette alone: each worker process of each container imports it anew, and FastAPI takes four times as long.
"""

import asyncio
import hashlib
import hmac
import os
import signal
import time

from starlette.applications import Starlette
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

#: While this file is in the folder, the app is ill.
ILL = "gradewright-ill"


async def whoami(_request):
    # It keeps its process busy on purpose, so that other processes take their share of many requests.
    time.sleep(0.02)
    return JSONResponse({"pid": os.getpid()})


async def slow(_request):
    async def lines():
        yield "started\n"
        await asyncio.sleep(2)
        yield "finished\n"

    return StreamingResponse(lines(), media_type="text/plain")


async def signature(request):
    secret = os.environ.get("APP_SECRET")
    if not secret:
        return JSONResponse({"detail": "APP_SECRET is not set"}, 503)
    return JSONResponse(
        {"signature": hmac.new(secret.encode(), request.path_params["text"].encode(), hashlib.sha256).hexdigest()}
    )


async def live(_request):
    return JSONResponse({"detail": "ill"}, 503) if os.path.exists(ILL) else JSONResponse({"status": "alive"})


async def crash(_request):
    os.kill(os.getpid(), signal.SIGKILL)


app = Starlette(
    routes=[
        Route("/whoami", whoami),
        Route("/slow", slow),
        Route("/signature/{text}", signature),
        Route("/health/live", live),
        Route("/gradewright/crash", crash, methods=["POST"]),
    ]
)

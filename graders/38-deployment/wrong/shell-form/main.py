"""The app to deploy, `main:app`. Do not edit it: while grading, a module with the same routes replaces it."""

import asyncio
import hashlib
import hmac
import os

from fastapi import FastAPI, HTTPException
from fastapi.responses import StreamingResponse

app = FastAPI()


@app.get("/whoami")
async def whoami():
    """The process that answers."""
    return {"pid": os.getpid()}


@app.get("/slow")
async def slow():
    """Its first line comes at once, its last one two seconds later."""

    async def lines():
        yield "started\n"
        await asyncio.sleep(2)
        yield "finished\n"

    return StreamingResponse(lines(), media_type="text/plain")


@app.get("/signature/{text}")
async def signature(text: str):
    """The text's signature with the secret; 503 where there is no secret."""
    secret = os.environ.get("APP_SECRET")
    if not secret:
        raise HTTPException(503, "APP_SECRET is not set")
    return {"signature": hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()}


@app.get("/health/live")
async def live():
    return {"status": "alive"}

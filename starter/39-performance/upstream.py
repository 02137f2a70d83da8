"""A service to call while you try your app: `python upstream.py`. It prints each call. Change it as you like; it is not graded.

`/item/slow` never answers in time, `/item/drip` sends its body in pieces, and `/item/broken` is a 500.
"""

import asyncio
import itertools
import time

import uvicorn
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import StreamingResponse

app = FastAPI()
numbers = itertools.count(1)


@app.get("/rates")
async def rates():
    await asyncio.sleep(0.3)
    return {"EUR": 1.0, "made": time.time(), "call": next(numbers)}


@app.get("/me")
async def me(request: Request):
    return {"you": request.headers.get("authorization"), "call": next(numbers)}


@app.get("/item/{item}")
async def item(item: str):
    if item == "broken":
        raise HTTPException(500)
    if item == "drip":
        return StreamingResponse(drip(), media_type="application/json")
    await asyncio.sleep(5 if item == "slow" else 0.3)
    return {"id": item}


async def drip():
    for piece in '"in pieces"':
        await asyncio.sleep(0.4)
        yield piece


if __name__ == "__main__":
    uvicorn.run(app, port=9000)

"""A router with the upstream as a dependency; a function middleware keeps the times."""

import os
import statistics
import time
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from upstream_client import Upstream, UpstreamError

router = APIRouter()


def get_upstream(request: Request) -> Upstream:
    return request.state.upstream


def id_list(ids: str) -> list[str]:
    found = [one for one in ids.split(",") if one]
    if not 0 < len(found) <= 50:
        raise HTTPException(422, "1 to 50 ids")
    return found


TheUpstream = Annotated[Upstream, Depends(get_upstream)]


class Metrics(BaseModel):
    count: int
    p95_ms: float
    p99_ms: float


@router.get("/ping")
async def ping() -> dict[str, bool]:
    return {"pong": True}


@router.get("/rates")
async def rates(upstream: TheUpstream) -> Any:
    return await upstream.shared("/rates", 2)


@router.get("/me")
async def me(upstream: TheUpstream, request: Request) -> Any:
    return await upstream.call("/me", authorization=request.headers["authorization"])


@router.get("/batch")
async def batch(upstream: TheUpstream, ids: Annotated[list[str], Depends(id_list)]) -> list[Any]:
    return await upstream.many([f"/item/{one}" for one in ids], 10)


@router.post("/echo")
async def echo(request: Request):
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= 65536:
            chunks.append(chunk)
    if size > 65536:
        raise HTTPException(413)
    return StreamingResponse(iter(chunks), headers={"content-type": request.headers["content-type"]})


@router.get("/metrics")
async def metrics(request: Request) -> Metrics:
    times = request.app.state.times
    if not times:
        return Metrics(count=0, p95_ms=0, p99_ms=0)
    points = statistics.quantiles(times, n=100, method="inclusive") if len(times) > 1 else times * 99
    return Metrics(count=len(times), p95_ms=points[94], p99_ms=points[98])


@asynccontextmanager
async def lifespan(app: FastAPI):
    upstream = Upstream(os.environ["UPSTREAM_URL"])
    try:
        yield {"upstream": upstream}
    finally:
        await upstream.close()


app = FastAPI(lifespan=lifespan)
app.state.times = []
app.include_router(router)


@app.middleware("http")
async def keep_time(request: Request, call_next):
    start = time.monotonic()
    response = await call_next(request)
    app.state.times.append((time.monotonic() - start) * 1000)
    return response


@app.exception_handler(UpstreamError)
async def upstream_failed(request: Request, error: UpstreamError):
    return Response(status_code=error.status)

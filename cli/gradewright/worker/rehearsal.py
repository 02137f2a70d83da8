"""A small app that does what most submissions do, run once in the zygote: no learner code, no thread, nothing kept."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Body, Depends, FastAPI, Header, HTTPException, Query
from pydantic import BaseModel, Field


class _Item(BaseModel):
    name: str = Field(min_length=1)
    size: int = 0


async def _page(skip: Annotated[int, Query(ge=0)] = 0, token: Annotated[str | None, Header()] = None) -> dict[str, Any]:
    if token:
        raise HTTPException(401)
    return {"skip": skip}


def _app() -> FastAPI:
    app = FastAPI()

    @app.get("/list")
    async def listed(page: Annotated[dict[str, Any], Depends(_page)]) -> dict[str, Any]:
        return page

    @app.post("/list", status_code=201, response_model=_Item)
    async def made(item: Annotated[_Item, Body()]) -> Any:
        return item

    return app


async def ask() -> None:
    """Send the app a good, a refused and an invalid request, and ask for its schema."""
    app = _app()
    app.openapi()
    good, bad = b'{"name": "a"}', b'{"name": ""}'
    for method, query, headers, body in (
        ("GET", b"skip=1", [], b""),
        ("GET", b"", [(b"token", b"x")], b""),
        ("GET", b"skip=x", [], b""),
        ("POST", b"", [(b"content-type", b"application/json")], good),
        ("POST", b"", [(b"content-type", b"application/json")], bad),
    ):
        await _call(app, method, query, headers, body)


async def _call(app: FastAPI, method: str, query: bytes, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": "/list",
        "raw_path": b"/list",
        "query_string": query,
        "root_path": "",
        "headers": [(b"host", b"testserver"), *headers],
        "client": ("testclient", 50000),
        "server": ("testserver", 80),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        pass

    await app(scope, receive, send)

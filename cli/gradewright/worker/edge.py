"""The outermost ASGI layer around the learner's app: it tells the grader when a call has truly ended, and how.

It also makes a Unix socket look like Starlette's TestClient (`client` and `server` of the scope) and takes the engine's own
header out, so that the app sees what it would see in its author's tests.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from gradewright.worker.link import Link
from gradewright.worker.problem import describe
from gradewright.worker.tracebacks import shortened

#: Carries {"id": int, "root_path": str, "origin": [scheme, host, port]} as JSON from the grader's client to this edge.
HEADER = b"x-gradewright"

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Edge:
    """An ASGI app around the learner's. `startup_error` holds facts about an exception that the lifespan raised."""

    def __init__(self, app: Any, link: Link) -> None:
        self.app = app
        self._link = link
        self.startup_error: dict[str, Any] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
        else:
            await self._call(scope, receive, send)

    async def _lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def short_send(message: MutableMapping[str, Any]) -> None:
            # Starlette sends the whole traceback as text, from within its `except`.
            error = sys.exc_info()[1]
            if message["type"] == "lifespan.startup.failed" and error is not None:
                message = {**message, "message": shortened(error)}
            await send(message)

        try:
            await self.app(scope, receive, short_send)
        except BaseException as error:
            self.startup_error = describe(error)
            raise

    async def _call(self, scope: Scope, receive: Receive, send: Send) -> None:
        order = _take_order(scope)
        scope["client"], scope["server"] = ("testclient", 50000), ("testserver", 80)
        if order.get("origin"):
            # As TestClient does: the scheme and host that the test named, though the bytes crossed a Unix socket.
            scheme, host, port = order["origin"]
            scope["scheme"] = scheme if scope["type"] == "http" else {"http": "ws", "https": "wss"}.get(scheme, scheme)
            scope["server"] = (host, port or {"https": 443, "wss": 443}.get(scheme, 80))
        if order.get("root_path"):
            scope["root_path"] = order["root_path"]
        settled: dict[str, Any] = {"event": "settled", "call": order.get("id")}

        async def watched_send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "websocket.close":
                # uvicorn turns a close before the handshake into a plain 403 and the code is lost.
                settled["close"] = {
                    "code": message.get("code", 1000),
                    "reason": str(message.get("reason") or "")[:200],
                }
            await send(message)

        try:
            await self.app(scope, receive, watched_send if scope["type"] == "websocket" else send)
        except BaseException as error:
            settled["error"] = describe(error)
            raise
        finally:
            # One turn later: by then uvicorn has logged the exception, so a log that is read after settling is complete.
            asyncio.get_running_loop().call_soon(self._link.send, settled)


def _take_order(scope: Scope) -> dict[str, Any]:
    order: dict[str, Any] = {}
    kept = []
    for name, value in scope["headers"]:
        if name == HEADER:
            order = json.loads(value)
        else:
            kept.append((name, value))
    scope["headers"] = kept
    return order

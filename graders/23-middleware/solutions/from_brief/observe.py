"""Plain ASGI middleware: request id, timing, headers, one access line per request."""

import re
import uuid
from time import perf_counter

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jsonlog import access_log, request_id

ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


def choose_id(scope: Scope) -> str:
    sent = Headers(scope=scope).get("x-request-id", "")
    return sent if ACCEPTABLE_ID.fullmatch(sent) else str(uuid.uuid4())


class ObserveMiddleware:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        began = perf_counter()
        rid = choose_id(scope)
        token = request_id.set(rid)
        status: int | None = None

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Process-Time"] = f"{perf_counter() - began:.6f}"
                headers["X-Request-ID"] = rid
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception:
            # Starlette's own 500 is made outside of this middleware and would lack the headers, so answer here.
            # The exception still goes on to the server, which logs the traceback.
            if status is None:
                answer = JSONResponse({"detail": "Internal Server Error"}, status_code=500)
                await answer(scope, receive, send_with_headers)
            raise
        finally:
            fields = {
                "method": scope["method"],
                "path": scope["path"],
                "status": status or 500,
                "duration_ms": round((perf_counter() - began) * 1000, 3),
            }
            access_log.info("request served", extra={"fields": fields})
            request_id.reset(token)

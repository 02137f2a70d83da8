"""One ASGI class around the app. A crash is answered here and logged, so that its response is like all the others."""

import json
import logging
import string
import sys
import time
import uuid
from contextvars import ContextVar

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

current = ContextVar("request id")
ALPHABET = {*string.ascii_letters, *string.digits, "-"}


class Json(logging.Formatter):
    def format(self, record):
        return json.dumps({"request_id": current.get("-"), "message": record.getMessage()})


def set_up_logging():
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(Json())
    logging.basicConfig(level="INFO", handlers=[handler])


def identify(headers):
    given = headers.get("x-request-id", "")
    return given if 1 <= len(given) <= 64 and ALPHABET.issuperset(given) else uuid.uuid4().hex


class Observed:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        start = time.monotonic()
        request_id = identify(Headers(scope=scope))
        current.set(request_id)
        status = None

        async def stamped(message):
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Process-Time"] = str(time.monotonic() - start)
                headers["X-Request-ID"] = request_id
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        try:
            await self.app(scope, receive, stamped)
        except Exception:
            sys.excepthook(*sys.exc_info())
            if status is not None:
                raise
            await PlainTextResponse("Something went wrong on our side.", 500)(scope, receive, stamped)
        finally:
            taken = (time.monotonic() - start) * 1000
            line = {"request_id": request_id, "method": scope["method"], "path": scope["path"], "status": status}
            print(json.dumps({**line, "duration_ms": taken}), flush=True)

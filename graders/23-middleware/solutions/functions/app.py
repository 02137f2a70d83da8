import json
import logging
import re
import sys
import time
import traceback
from contextvars import ContextVar
from datetime import timedelta
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

import routes

request_id: ContextVar[str | None] = ContextVar("request_id")


class WithRequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get(None)
        return True


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        said = getattr(record, "access", None) or {"message": record.getMessage()}
        return json.dumps({"request_id": record.request_id, **said})


handler = logging.StreamHandler(sys.stdout)
handler.addFilter(WithRequestId())
handler.setFormatter(JsonLines())
for name in ("app", "access"):
    logger = logging.getLogger(name)
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)

app = FastAPI()
app.include_router(routes.router)


@app.middleware("http")
async def timed(request: Request, call_next):
    start = time.perf_counter()
    try:
        response = await call_next(request)
    except Exception:
        logging.getLogger("app").error(traceback.format_exc())
        response = JSONResponse({"detail": "Internal Server Error"}, 500)
    seconds = time.perf_counter() - start
    response.headers["X-Process-Time"] = f"{seconds:.6f}"
    facts = {"method": request.method, "path": request.url.path, "status": response.status_code}
    milliseconds = timedelta(seconds=seconds) / timedelta(milliseconds=1)
    logging.getLogger("access").info("", extra={"access": {**facts, "duration_ms": milliseconds}})
    return response


@app.middleware("http")
async def identified(request: Request, call_next):
    given = request.headers.get("X-Request-ID", "")
    known = given if re.fullmatch("[A-Za-z0-9-]{1,64}", given) else str(uuid4())
    request_id.set(known)  # in the context of this request only
    response = await call_next(request)
    response.headers["X-Request-ID"] = known
    return response


@app.middleware("http")
async def nosniff(request: Request, call_next):
    response = await call_next(request)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response

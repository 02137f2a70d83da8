"""Every error of the API in one shape."""

from http import HTTPStatus
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

import service


def reply(request: Request, status: int, code: str, message: str, headers=None, **more) -> JSONResponse:
    request_id = request.headers.get("X-Request-ID") or uuid4().hex
    error = {"code": code, "message": message, "request_id": request_id, **more}
    return JSONResponse({"error": error}, status_code=status, headers=headers)


async def on_not_found(request: Request, exc: service.NotFound):
    return reply(request, 404, "not_found", "There is no such order.")


async def on_rule_broken(request: Request, exc: service.RuleBroken):
    return reply(request, 409, "rule_broken", "The order is against the rules.")


async def on_invalid(request: Request, exc: RequestValidationError):
    fields = [".".join(str(part) for part in error["loc"]) for error in exc.errors()]
    return reply(request, 400, "validation", "The request is not valid.", fields=fields)


async def on_http_error(request: Request, exc: HTTPException):
    try:
        message = HTTPStatus(exc.status_code).phrase
    except ValueError:
        message = "HTTP error"
    return reply(request, exc.status_code, "http_error", message, headers=exc.headers)


async def on_anything_else(request: Request, exc: Exception):
    # Starlette raises it again after this answer, so uvicorn logs the text and the traceback.
    return reply(request, 500, "internal", "Something went wrong on our side.")


def install(app: FastAPI) -> None:
    app.add_exception_handler(service.NotFound, on_not_found)
    app.add_exception_handler(service.RuleBroken, on_rule_broken)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(Exception, on_anything_else)

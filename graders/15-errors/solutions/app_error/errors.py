"""One base class for everything that is answered as an error, and one function that renders it.

An unexpected exception is not logged here: Starlette calls the handler of Exception and then raises the exception again, so
that uvicorn logs it with its traceback.
"""

import secrets

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

import service


class AppError(Exception):
    status, code, message, headers = 500, "internal", "Internal error", None

    @classmethod
    def of(cls, exc):
        return cls()

    def extra(self):
        return {}


class NotFound(AppError):
    status, code, message = 404, "not_found", "Not found"


class RuleBroken(AppError):
    status, code, message = 409, "rule_broken", "Not allowed by the rules"


class Invalid(AppError):
    status, code, message = 400, "validation", "Invalid request"

    def __init__(self, fields):
        self.fields = fields

    @classmethod
    def of(cls, exc):
        return cls([".".join(map(str, error["loc"])) for error in exc.errors()])

    def extra(self):
        return {"fields": self.fields}


class HttpError(AppError):
    code = "http_error"

    def __init__(self, status, message, headers):
        self.status, self.message, self.headers = status, message, headers

    @classmethod
    def of(cls, exc):
        return cls(exc.status_code, exc.detail, exc.headers)


def rendered_as(kind):
    async def handler(request, exc):
        error = kind.of(exc)
        body = {"code": error.code, "message": error.message, "request_id": request.state.request_id} | error.extra()
        return JSONResponse({"error": body}, status_code=error.status, headers=error.headers)

    return handler


handlers = {
    service.NotFound: rendered_as(NotFound),
    service.RuleBroken: rendered_as(RuleBroken),
    RequestValidationError: rendered_as(Invalid),
    HTTPException: rendered_as(HttpError),
    Exception: rendered_as(AppError),
}


class RequestIds:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http":
            headers = dict(scope["headers"])
            request_id = headers.get(b"x-request-id", b"").decode("latin-1") or secrets.token_hex()
            scope.setdefault("state", {})["request_id"] = request_id
        await self.app(scope, receive, send)

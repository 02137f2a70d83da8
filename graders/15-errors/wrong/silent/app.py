from typing import Annotated
from uuid import uuid4

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException as StarletteHTTPException

import service

app = FastAPI()


class NewOrder(BaseModel):
    sku: str
    qty: Annotated[int, Field(ge=1)]


def answer(request: Request, status: int, code: str, message: str, headers=None, **more) -> JSONResponse:
    request_id = request.headers.get("X-Request-ID") or uuid4().hex
    error = {"code": code, "message": message, "request_id": request_id, **more}
    return JSONResponse({"error": error}, status, headers=headers)


@app.exception_handler(service.NotFound)
def not_found(request: Request, error: service.NotFound) -> JSONResponse:
    return answer(request, 404, "not_found", "There is no such order.")


@app.exception_handler(service.RuleBroken)
def rule_broken(request: Request, error: service.RuleBroken) -> JSONResponse:
    return answer(request, 409, "rule_broken", "This order is against the rules.")


@app.exception_handler(RequestValidationError)
def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
    fields = [".".join(str(part) for part in item["loc"]) for item in error.errors()]
    return answer(request, 400, "validation", "The request is not valid.", fields=fields)


@app.exception_handler(StarletteHTTPException)
def http_error(request: Request, error: StarletteHTTPException) -> JSONResponse:
    return answer(request, error.status_code, "http_error", str(error.detail) or "HTTP error", error.headers)


@app.middleware("http")
async def catch_all(request: Request, call_next):
    try:
        return await call_next(request)
    except Exception:
        return answer(request, 500, "internal", "Something went wrong on our side.")


@app.get("/orders/{order_id}")
def read_order(order_id: int):
    return service.get(order_id)


@app.post("/orders", status_code=201)
def place_order(order: NewOrder):
    return service.place(order.sku, order.qty)


@app.get("/crash")
def crash():
    service.crash()


@app.get("/tea")
def tea():
    raise HTTPException(418, headers={"X-Tea": "green"})

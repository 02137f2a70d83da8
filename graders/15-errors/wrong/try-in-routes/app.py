from typing import Annotated
from uuid import uuid4

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

import service

app = FastAPI()


class NewOrder(BaseModel):
    sku: str
    qty: Annotated[int, Field(ge=1)]


def answer(request: Request, status: int, code: str, message: str, headers=None, **more) -> JSONResponse:
    request_id = request.headers.get("X-Request-ID") or uuid4().hex
    error = {"code": code, "message": message, "request_id": request_id, **more}
    return JSONResponse({"error": error}, status, headers=headers)


@app.exception_handler(RequestValidationError)
def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
    fields = [".".join(str(part) for part in item["loc"]) for item in error.errors()]
    return answer(request, 400, "validation", "The request is not valid.", fields=fields)


@app.get("/orders/{order_id}")
def read_order(request: Request, order_id: int):
    try:
        return service.get(order_id)
    except Exception as error:
        return answer(request, 400, "bad_request", str(error))


@app.post("/orders", status_code=201)
def place_order(request: Request, order: NewOrder):
    try:
        return service.place(order.sku, order.qty)
    except Exception as error:
        return answer(request, 400, "bad_request", str(error))


@app.get("/crash")
def crash(request: Request):
    try:
        service.crash()
    except Exception as error:
        return answer(request, 400, "bad_request", str(error))


@app.get("/tea")
def tea():
    raise HTTPException(418, headers={"X-Tea": "green"})

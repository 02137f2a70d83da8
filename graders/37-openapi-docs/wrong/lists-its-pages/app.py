import os
import secrets
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from pydantic import BaseModel, Field

ENVIRONMENT = os.environ.get("APP_ENV", "prod")
USER, PASSWORD = os.environ["DOCS_USER"].encode(), os.environ["DOCS_PASSWORD"].encode()
SCHEMA = "/developer/openapi.json"
is_open = ENVIRONMENT == "dev"

app = FastAPI(
    title="Orders API",
    version=os.environ["APP_VERSION"],
    description="Read the orders of the shop.",
    docs_url="/developer" if is_open else None,
    redoc_url="/developer/redoc" if is_open else None,
    openapi_url=SCHEMA if is_open else None,
)


class Order(BaseModel):
    id: int
    item: str = Field(examples=["a pound of tea"])


class Problem(BaseModel):
    detail: str


@app.get(
    "/orders/{order_id}",
    operation_id="get_order",
    summary="Get an order",
    tags=["orders"],
    responses={404: {"model": Problem, "description": "There is no such order"}},
)
async def get_order(order_id: int) -> Order:
    if order_id == 0:
        raise HTTPException(404, "There is no such order")
    return Order(id=order_id, item="tea")


@app.get("/internal/ping", include_in_schema=False)
async def ping() -> str:
    return "pong"


def check(credentials: Annotated[HTTPBasicCredentials, Depends(HTTPBasic())]) -> None:
    user = secrets.compare_digest(credentials.username.encode(), USER)
    password = secrets.compare_digest(credentials.password.encode(), PASSWORD)
    if not (user and password):
        raise HTTPException(401, headers={"WWW-Authenticate": "Basic"})


if ENVIRONMENT == "staging":
    guarded: dict[str, Any] = {"dependencies": [Depends(check)]}

    @app.get("/developer", **guarded)
    def swagger() -> HTMLResponse:
        return get_swagger_ui_html(openapi_url=SCHEMA, title=app.title)

    @app.get("/developer/redoc", **guarded)
    def redoc() -> HTMLResponse:
        return get_redoc_html(openapi_url=SCHEMA, title=app.title)

    @app.get(SCHEMA, **guarded)
    def schema() -> dict[str, Any]:
        return app.openapi()

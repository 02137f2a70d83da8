import base64
import os
import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from pydantic import BaseModel, Field

APP_ENV = os.getenv("APP_ENV", "prod")
APP_VERSION = os.getenv("APP_VERSION", "0")
DOCS_USER = os.getenv("DOCS_USER", "")
DOCS_PASSWORD = os.getenv("DOCS_PASSWORD", "")

TITLE = "Orders API"
SCHEMA_URL = "/developer/openapi.json"

app = FastAPI(
    title=TITLE,
    version=APP_VERSION,
    description="Look up the orders of the shop.",
    docs_url=None,
    redoc_url=None,
    openapi_url=None,
    generate_unique_id_function=lambda route: route.name,
)


class Order(BaseModel):
    id: int
    item: Annotated[str, Field(examples=["desk lamp"])]


class Problem(BaseModel):
    detail: str


@app.get(
    "/orders/{order_id}",
    summary="Get an order",
    tags=["orders"],
    responses={404: {"model": Problem, "description": "There is no such order"}},
)
def get_order(order_id: int) -> Order:
    if order_id == 0:
        raise HTTPException(404, "There is no such order")
    return Order(id=order_id, item="desk lamp")


@app.get("/internal/ping", include_in_schema=False)
def ping():
    return {"pong": True}


def check_reader(authorization: Annotated[str | None, Header()] = None):
    """Let only DOCS_USER in, with HTTP Basic. Unlike fastapi.security.HTTPBasic, accept no stray characters in the Base64."""
    scheme, _, credentials = (authorization or "").partition(" ")
    try:
        given = base64.b64decode(credentials.strip(), validate=True)
    except ValueError:
        given = b""
    wanted = f"{DOCS_USER}:{DOCS_PASSWORD}".encode()
    right = secrets.compare_digest(given, wanted)
    if not (right and scheme.lower() == "basic" and DOCS_USER and DOCS_PASSWORD):
        raise HTTPException(401, "Not authenticated", headers={"WWW-Authenticate": 'Basic realm="documentation"'})


docs = APIRouter(include_in_schema=False)


@docs.get("/developer")
def swagger_ui():
    return get_swagger_ui_html(openapi_url=SCHEMA_URL, title=TITLE)


@docs.get("/developer/redoc")
def redoc():
    return get_redoc_html(openapi_url=SCHEMA_URL, title=TITLE)


@docs.get(SCHEMA_URL)
def schema():
    return app.openapi()


if APP_ENV == "dev":
    app.include_router(docs)
elif APP_ENV == "staging":
    app.include_router(docs, dependencies=[Depends(check_reader)])

import os
from typing import Annotated

from fastapi import FastAPI, Header, HTTPException, Request, Response
from pydantic import BaseModel

app = FastAPI()
items: list[str] = []

origins = [entry.strip() for entry in os.environ.get("ALLOWED_ORIGINS", "").split(",") if entry.strip()]
@app.middleware("http")
async def cors(request: Request, call_next):
    origin = request.headers.get("Origin")
    preflight = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
    response = Response(status_code=204) if preflight else await call_next(request)
    if origin in origins and response.status_code < 400:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Credentials"] = "true"
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
    response.headers.append("Vary", "Origin")
    return response


class Item(BaseModel):
    text: str


@app.get("/data")
def read_data():
    return {"items": items}


@app.post("/data", status_code=201)
def add_data(item: Item):
    items.append(item.text)
    return {"text": item.text}


@app.get("/private")
def private(authorization: Annotated[str | None, Header()] = None):
    if authorization != "Bearer let-me-in":
        raise HTTPException(401, "who are you?", {"WWW-Authenticate": "Bearer"})
    return {"private": True}

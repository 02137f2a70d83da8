import os
from typing import Annotated

from fastapi import FastAPI, Header, HTTPException, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

app = FastAPI()
items: list[str] = []

origins = [entry.strip() for entry in os.environ.get("ALLOWED_ORIGINS", "").split(",") if entry.strip()]
app.add_middleware(
    CORSMiddleware,
    allow_origins=origins,
    allow_credentials=True,
    allow_methods=["GET", "POST"],
    allow_headers=["Authorization", "Content-Type"],
)


@app.middleware("http")
async def only_from_the_list(request: Request, call_next):
    origin = request.headers.get("Origin")
    if origin is not None and origin not in origins:
        return PlainTextResponse("not from there", 403)
    return await call_next(request)


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

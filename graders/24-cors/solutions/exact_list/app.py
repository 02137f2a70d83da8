import os
from typing import Annotated

from fastapi import FastAPI, Header, HTTPException
from fastapi.middleware.cors import CORSMiddleware
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
        raise HTTPException(401, "who are you?")
    return {"private": True}

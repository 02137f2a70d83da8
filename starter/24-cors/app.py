"""24-cors: the brief is in README.md. Grade it with `grade 24-cors`. Run it with

    ALLOWED_ORIGINS="http://localhost:3000" uvicorn app:app --reload
"""

from typing import Annotated

from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel

app = FastAPI()
items: list[str] = []

# TODO: let browsers on the origins in ALLOWED_ORIGINS call these routes. The routes stay as they are.


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

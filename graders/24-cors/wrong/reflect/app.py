from typing import Annotated

from fastapi import FastAPI, Header, HTTPException, Request
from pydantic import BaseModel

app = FastAPI()
items: list[str] = []

@app.middleware("http")
async def cors(request: Request, call_next):
    response = await call_next(request)
    if "Origin" in request.headers:
        response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
        response.headers["Access-Control-Allow-Credentials"] = "true"
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

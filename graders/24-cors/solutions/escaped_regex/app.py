import os
import re

from fastapi import Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware


def pattern(origins):
    """Match one of the origins, which the middleware does as a whole; an empty pattern matches no browser's origin."""
    return "|".join(re.escape(origin) for origin in re.split(r"\s*,\s*", origins.strip()) if origin)


cors = Middleware(
    CORSMiddleware,
    allow_origin_regex=pattern(os.getenv("ALLOWED_ORIGINS") or ""),
    allow_credentials=True,
    allow_methods=("POST", "GET"),
    allow_headers=("content-type", "authorization"),
)
app = FastAPI(middleware=[cors])
app.state.items = []


class Item(BaseModel):
    text: str


async def authenticated(request: Request):
    if request.headers.get("Authorization") != "Bearer let-me-in":
        raise HTTPException(401)


@app.get("/data")
async def read_data():
    return {"items": app.state.items}


@app.post("/data", status_code=201)
async def add_data(item: Item) -> Item:
    app.state.items.append(item.text)
    return item


@app.get("/private", dependencies=[Depends(authenticated)])
async def private():
    return {"private": True}

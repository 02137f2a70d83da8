from typing import Annotated

from fastapi import FastAPI, HTTPException, Query
from pydantic import BaseModel, Field
from sqlalchemy import func, select, tuple_

import db
from cursors import BadCursor, Key

app = FastAPI()
products = db.Product.__table__


class PageQuery(BaseModel):
    page: int = Field(1, ge=1)
    limit: int = Field(20, ge=1, le=100)


class FeedQuery(BaseModel):
    limit: int = Field(20, ge=1, le=100)
    cursor: str | None = None


class Item(BaseModel):
    id: int
    name: str


class Page(PageQuery):
    data: list[Item]
    total: int
    pages: int


class Feed(BaseModel):
    data: list[Item]
    next_cursor: str | None = None


@app.get("/products", response_model=Page)
async def list_products(query: Annotated[PageQuery, Query()]):
    rows = select(products.c.id, products.c.name).order_by(products.c.name, products.c.id)
    with db.engine.connect() as connection:
        total = connection.scalar(select(func.count(products.c.id)))
        data = connection.execute(rows.limit(query.limit).offset((query.page - 1) * query.limit)).all()
    return {**query.model_dump(), "data": data, "total": total, "pages": -(-total // query.limit)}


def behind(key: Key):
    """Return the condition for rows that follow this key, newest first."""
    return tuple_(products.c.created_at, products.c.id) < (key.at, key.id)


@app.get("/feed", response_model=Feed)
async def read_feed(query: Annotated[FeedQuery, Query()]):
    rows = select(products).order_by(products.c.created_at.desc(), products.c.id.desc()).limit(query.limit + 1)
    if query.cursor is not None:
        try:
            rows = rows.where(behind(Key.from_cursor(query.cursor)))
        except BadCursor:
            raise HTTPException(400) from None
    with db.engine.connect() as connection:
        data = connection.execute(rows).all()
    if len(data) <= query.limit:
        return {"data": data}
    shown = data[: query.limit]
    return {"data": shown, "next_cursor": Key(at=shown[-1].created_at, id=shown[-1].id).to_cursor()}

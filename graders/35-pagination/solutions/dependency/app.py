import base64
from datetime import datetime
from math import ceil
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query
from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

import db
from db import Product

app = FastAPI()

Limit = Annotated[int, Query(ge=1, le=100)]
Database = Annotated[Session, Depends(db.get_session)]


class Paging:
    def __init__(self, page: Annotated[int, Query(ge=1)] = 1, limit: Limit = 20):
        self.page = page
        self.limit = limit

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.limit


def encode(product: Product) -> str:
    key = f"{product.created_at.isoformat()}|{product.id}"
    return base64.urlsafe_b64encode(key.encode()).decode()


def decode(cursor: str) -> tuple[datetime, int]:
    try:
        created_at, number = base64.urlsafe_b64decode(cursor.encode()).decode().split("|")
        key = datetime.fromisoformat(created_at), int(number)
    except ValueError:
        raise HTTPException(400, "bad cursor") from None
    if abs(key[1]) >= 2**63:
        raise HTTPException(400, "bad cursor")
    return key


def show(products) -> list[dict]:
    return [{"id": product.id, "name": product.name} for product in products]


@app.get("/products")
def list_products(session: Database, paging: Annotated[Paging, Depends()]):
    total = session.scalar(select(func.count()).select_from(Product))
    query = select(Product).order_by(Product.name, Product.id).limit(paging.limit).offset(paging.offset)
    return {
        "data": show(session.scalars(query)),
        "page": paging.page,
        "limit": paging.limit,
        "total": total,
        "pages": ceil(total / paging.limit),
    }


@app.get("/feed")
def read_feed(session: Database, limit: Limit = 20, cursor: str | None = None):
    query = select(Product).order_by(Product.created_at.desc(), Product.id.desc())
    if cursor is not None:
        query = query.where(tuple_(Product.created_at, Product.id) < decode(cursor))
    products = session.scalars(query.limit(limit + 1)).all()
    more = len(products) > limit
    products = products[:limit]
    return {"data": show(products), "next_cursor": encode(products[-1]) if more else None}

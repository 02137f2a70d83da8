import re
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query
from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

import db

app = FastAPI()

SessionDep = Annotated[Session, Depends(db.get_session)]
Limit = Annotated[int, Query(ge=1, le=100)]

MICROSECOND = timedelta(microseconds=1)
MAX_ID = 2**63 - 1  # SQLite's largest integer
CURSOR = re.compile(r"after-([0-9]{1,18})-([0-9]{1,19})")


def make_cursor(created_at: datetime, product_id: int) -> str:
    """The place behind a product: its created_at in microseconds, and its id."""
    return f"after-{(created_at - datetime.min) // MICROSECOND}-{product_id}"


def read_cursor(cursor: str) -> tuple[datetime, int]:
    match = CURSOR.fullmatch(cursor)
    if match is None:
        raise HTTPException(400, "This is not a cursor")
    microseconds, product_id = map(int, match.groups())
    try:
        created_at = datetime.min + microseconds * MICROSECOND
    except OverflowError:
        raise HTTPException(400, "This is not a cursor") from None
    if product_id > MAX_ID:
        raise HTTPException(400, "This is not a cursor")
    return created_at, product_id


@app.get("/products")
def list_products(session: SessionDep, page: Annotated[int, Query(ge=1)] = 1, limit: Limit = 20):
    total = session.scalar(select(func.count()).select_from(db.Product))
    offset = (page - 1) * limit
    rows = []
    if offset < total:  # past the end there is nothing to ask for, and the offset may be too large for SQLite
        query = select(db.Product.id, db.Product.name).order_by(db.Product.name, db.Product.id)
        rows = session.execute(query.offset(offset).limit(limit)).all()
    return {
        "data": [{"id": row.id, "name": row.name} for row in rows],
        "page": page,
        "limit": limit,
        "total": total,
        "pages": -(-total // limit),
    }


@app.get("/feed")
def read_feed(session: SessionDep, limit: Limit = 20, cursor: str | None = None):
    place = tuple_(db.Product.created_at, db.Product.id)
    query = (
        select(db.Product.id, db.Product.name, db.Product.created_at)
        .order_by(db.Product.created_at.desc(), db.Product.id.desc())
        .limit(limit + 1)  # one more tells whether anything follows
    )
    if cursor is not None:
        query = query.where(place < read_cursor(cursor))
    rows = session.execute(query).all()
    shown = rows[:limit]
    more = len(rows) > limit
    return {
        "data": [{"id": row.id, "name": row.name} for row in shown],
        "next_cursor": make_cursor(shown[-1].created_at, shown[-1].id) if more else None,
    }

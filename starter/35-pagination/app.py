"""35-pagination: the brief is in README.md. Run it with `uvicorn app:app --reload`, grade it with `grade 35-pagination`."""

from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

import db

app = FastAPI()

# TODO: page and limit with their bounds, the order, the slicing in SQL, and a cursor


@app.get("/products")
def list_products(session: Annotated[Session, Depends(db.get_session)]):
    products = session.scalars(select(db.Product)).all()
    return {"products": [{"id": product.id, "name": product.name} for product in products]}


@app.get("/feed")
def read_feed(session: Annotated[Session, Depends(db.get_session)]):
    products = session.scalars(select(db.Product)).all()
    return {"products": [{"id": product.id, "name": product.name} for product in products]}

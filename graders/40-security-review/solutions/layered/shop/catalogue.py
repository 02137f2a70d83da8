from typing import Literal

from fastapi import APIRouter
from sqlalchemy import select

from shop.database import Db, Product
from shop.schemas import ProductOut

router = APIRouter()
COLUMNS = {"id": Product.id, "name": Product.name, "price": Product.price}


@router.get("/products", response_model=list[ProductOut])
def search(
    db: Db, q: str = "", sort: Literal["id", "name", "price"] = "id", order: Literal["asc", "desc"] = "asc"
):
    column = COLUMNS[sort]
    query = select(Product).where(Product.name.icontains(q, autoescape=True))
    return db.scalars(query.order_by(column.desc() if order == "desc" else column)).all()

from uuid import uuid4

from fastapi import APIRouter, HTTPException, status
from pydantic import BaseModel

import store

router = APIRouter(prefix="/orders")


class NewOrder(BaseModel):
    sku: str
    qty: int


class Order(NewOrder):
    id: str


@router.post("", status_code=status.HTTP_201_CREATED)
async def place_order(new: NewOrder) -> dict[str, str]:
    order = Order(id=str(uuid4()), **new.model_dump())
    await store.save(order.model_dump())
    return {"id": order.id}


@router.get("/{order_id}")
async def read_order(order_id: str) -> Order:
    order = await store.load(order_id)
    if order is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "no such order")
    return Order(**order)

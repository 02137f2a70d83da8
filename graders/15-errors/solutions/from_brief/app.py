from typing import Annotated

from fastapi import APIRouter, FastAPI, HTTPException
from pydantic import BaseModel, Field

import errors
import service


class NewOrder(BaseModel):
    sku: str
    qty: Annotated[int, Field(ge=1, strict=True)]


orders = APIRouter(prefix="/orders")


@orders.get("/{order_id}")
async def read_order(order_id: int):
    return service.get(order_id)


@orders.post("", status_code=201)
async def place_order(order: NewOrder):
    return service.place(order.sku, order.qty)


app = FastAPI()
app.include_router(orders)
errors.install(app)


@app.get("/crash")
async def crash():
    service.crash()


@app.get("/tea")
async def tea():
    raise HTTPException(418, headers={"X-Tea": "green"})

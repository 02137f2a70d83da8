"""What goes in and out over HTTP."""

from pydantic import BaseModel, PositiveInt


class UserV1(BaseModel):
    id: int
    name: str


class FullName(BaseModel):
    first: str
    last: str


class UserV2(BaseModel):
    id: int
    full_name: FullName


class OrderIn(BaseModel):
    sku: str
    qty: PositiveInt


class Order(OrderIn):
    id: int

from typing import Annotated

from pydantic import BaseModel, PositiveInt, StringConstraints


class Name(BaseModel):
    first: str
    last: str


class PlainUser(BaseModel):
    id: int
    name: str


class DetailedUser(BaseModel):
    id: int
    full_name: Name


class OrderIn(BaseModel):
    sku: Annotated[str, StringConstraints()]
    qty: PositiveInt


class OrderOut(BaseModel):
    id: int
    sku: str
    qty: int

from pydantic import BaseModel, Field


class UserV1(BaseModel):
    id: int
    name: str


class FullName(BaseModel):
    first: str
    last: str


class UserV2(BaseModel):
    id: int
    full_name: FullName


class NewOrder(BaseModel):
    sku: str
    qty: int = Field(ge=1)


class Order(NewOrder):
    id: int

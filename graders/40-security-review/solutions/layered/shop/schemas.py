from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Profile(Strict):
    full_name: Text
    city: Text


class Address(Strict):
    street: Text
    city: Text


class Item(Strict):
    product_id: int
    qty: Annotated[int, Field(ge=1, le=100)]


class ProfileIn(Strict):
    profile: Profile


class Registration(ProfileIn):
    username: Annotated[str, StringConstraints(min_length=3, max_length=30)]
    password: Annotated[str, StringConstraints(min_length=8, max_length=128)]


class Credentials(Strict):
    username: str
    password: str


class AddressIn(Strict):
    address: Address


class OrderIn(AddressIn):
    items: Annotated[list[Item], Field(min_length=1, max_length=20)]


class Shown(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int


class UserOut(Shown):
    username: str
    role: str
    profile: dict


class ProductOut(Shown):
    name: str
    price: int


class OrderOut(Shown):
    user_id: int
    items: list[dict]
    total: int
    address: dict
    receipt: str | None


class Token(BaseModel):
    access_token: str
    token_type: str = "bearer"

import re
from typing import Annotated, Literal, Self

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

app = FastAPI()

USERNAME = re.compile(r"[a-z0-9_]{3,20}")


class Strict(BaseModel):
    """Refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid")


class Address(Strict):
    street: str
    city: str
    zip: Annotated[str, Field(pattern=r"^[0-9]{5}$")]


class Contact(Strict):
    kind: Literal["email", "phone"]
    value: Annotated[str, Field(min_length=1, max_length=100)]


class Signup(Strict):
    username: str
    age: Annotated[int, Field(ge=18, le=120)]
    password: Annotated[str, Field(min_length=8, pattern=r"[0-9]")]
    password_repeat: str
    address: Address
    contacts: Annotated[list[Contact], Field(max_length=3)] = []

    @field_validator("username")
    @classmethod
    def normalize_username(cls, value: str) -> str:
        value = value.strip().lower()
        if not USERNAME.fullmatch(value):
            raise ValueError("must be 3 to 20 characters from a-z, 0-9 and _")
        return value

    @model_validator(mode="after")
    def passwords_match(self) -> Self:
        if self.password != self.password_repeat:
            raise ValueError("the passwords differ")
        return self


class SignedUp(BaseModel):
    username: str
    city: str
    contacts: int


@app.post("/signup")
def sign_up(signup: Signup) -> SignedUp:
    return SignedUp(
        username=signup.username,
        city=signup.address.city,
        contacts=len(signup.contacts),
    )

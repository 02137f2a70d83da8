import re
from enum import StrEnum

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict, Field, field_validator

app = FastAPI()


class Kind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"


class Address(BaseModel):
    model_config = ConfigDict(extra="forbid")

    street: str
    city: str
    zip: str = Field(pattern=r"^[0-9]{5}$")


class Contact(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Kind
    value: str = Field(min_length=1, max_length=100)


class Signup(BaseModel):
    model_config = ConfigDict(extra="forbid")

    username: str
    age: int = Field(ge=18, le=120)
    password: str = Field(min_length=8)
    password_repeat: str
    address: Address
    contacts: list[Contact] = Field(default_factory=list, max_length=3)

    @field_validator("username")
    @classmethod
    def normal_username(cls, value: str) -> str:
        value = value.strip().lower()
        if not re.fullmatch("[a-z0-9_]{3,20}", value):
            raise ValueError("3 to 20 letters, digits or underscores")
        return value

    @field_validator("password")
    @classmethod
    def password_has_a_digit(cls, value: str) -> str:
        if not re.search("[0-9]", value):
            raise ValueError("at least one digit")
        return value


@app.post("/signup")
def sign_up(signup: Signup):
    if signup.password != signup.password_repeat:
        raise HTTPException(400, "the passwords differ")
    return {"username": signup.username, "city": signup.address.city, "contacts": len(signup.contacts)}

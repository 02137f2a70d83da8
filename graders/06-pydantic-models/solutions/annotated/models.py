from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints, model_validator


def normal(value):
    # A before-validator sees whatever was sent; what is no text is left for str to refuse.
    return value.strip().lower() if isinstance(value, str) else value


def with_digit(value: str) -> str:
    if not any(digit in value for digit in "0123456789"):
        raise ValueError("a digit is missing")
    return value


Username = Annotated[str, BeforeValidator(normal), StringConstraints(min_length=3, max_length=20, pattern="^[a-z0-9_]+$")]
Password = Annotated[str, StringConstraints(min_length=8), AfterValidator(with_digit)]
Zip = Annotated[str, StringConstraints(min_length=5, max_length=5, pattern="^[0-9]*$")]


class Exact(BaseModel, extra="forbid"):
    """Refuses what it does not know."""


class Address(Exact):
    street: str
    city: str
    zip: Zip


class Contact(Exact):
    kind: Literal["email", "phone"]
    value: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Signup(Exact):
    username: Username
    age: Annotated[int, Field(gt=17, lt=121)]
    password: Password
    password_repeat: str
    address: Address
    contacts: Annotated[list[Contact], Field(max_length=3)] = []

    @model_validator(mode="after")
    def same(self) -> Self:
        if self.password_repeat != self.password:
            raise ValueError("password_repeat is not the same as password")
        return self


class Welcome(BaseModel):
    username: str
    city: str
    contacts: int

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Registration(BaseModel):
    username: Annotated[str, Field(min_length=1, max_length=50)]
    password: Annotated[str, Field(min_length=8, max_length=1000)]


class UserOut(BaseModel):
    id: int
    username: str


class TokenOut(BaseModel):
    access_token: str
    token_type: str = "bearer"


class Accepted(BaseModel):
    id: int
    status: str


class DocumentOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str
    status: Literal["pending", "ready", "failed"]
    size: int


class Page(BaseModel):
    data: list[DocumentOut]
    next_cursor: str | None

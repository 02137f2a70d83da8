from typing import Annotated, Literal

from pydantic import BaseModel, Field

Status = Literal["pending", "ready", "failed"]


class NewUser(BaseModel):
    username: Annotated[str, Field(min_length=1, max_length=50)]
    password: Annotated[str, Field(min_length=8)]


class ShownUser(BaseModel):
    id: int
    username: str


class Token(BaseModel):
    access_token: str
    token_type: str = "bearer"


class Accepted(BaseModel):
    id: int
    status: Status


class ShownDocument(Accepted):
    title: str
    size: int


class Page(BaseModel):
    data: list[ShownDocument]
    next_cursor: str | None

"""The models, for Pydantic v2."""

from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator, model_validator


class User(BaseModel):
    model_config = ConfigDict(from_attributes=True, validate_by_name=True, validate_by_alias=True)

    id: int
    name: str = Field(alias="userName")
    phone: str = Field(coerce_numbers_to_str=True)  # some clients send 5550100, others "+44 20 5550100"
    nickname: str | None = None
    tags: list[str] = []
    start: date
    end: date

    @field_validator("name")
    @classmethod
    def strip_name(cls, value: str) -> str:
        return value.strip()

    @field_validator("tags")
    @classmethod
    def lower_tags(cls, value: list[str]) -> list[str]:
        return [tag.lower() for tag in value]

    @model_validator(mode="after")
    def check_dates(self) -> Self:
        if self.start > self.end:
            raise ValueError("start is after end")
        return self


user_list = TypeAdapter(list[User])

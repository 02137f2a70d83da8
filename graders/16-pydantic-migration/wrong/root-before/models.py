from datetime import date

from pydantic import BaseModel, ConfigDict, Field, RootModel, field_validator, model_validator


class User(BaseModel):
    model_config = ConfigDict(from_attributes=True, populate_by_name=True)

    id: int
    name: str = Field(alias="userName")
    phone: str = Field(coerce_numbers_to_str=True)
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

    @model_validator(mode="before")
    @classmethod
    def check_dates(cls, values: dict) -> dict:
        if values["start"] > values["end"]:
            raise ValueError("start is after end")
        return values


class Users(RootModel[list[User]]):
    pass

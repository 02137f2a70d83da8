from datetime import date
from typing import Annotated, Optional

from pydantic import AfterValidator, AliasChoices, BaseModel, BeforeValidator, Field, StringConstraints, model_validator


def number_as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Name = Annotated[str, StringConstraints(strip_whitespace=True)]
Phone = Annotated[str, BeforeValidator(number_as_text)]
Tag = Annotated[str, AfterValidator(str.lower)]


class User(BaseModel, from_attributes=True):
    id: int
    name: Annotated[Name, Field(validation_alias=AliasChoices("userName", "name"), serialization_alias="userName")]
    phone: Phone
    nickname: Optional[str] = None
    tags: Annotated[list[Tag], Field(default_factory=list)]
    start: date
    end: date

    @model_validator(mode="after")
    def in_order(self):
        if self.end < self.start:
            raise ValueError("the end comes before the start")
        return self

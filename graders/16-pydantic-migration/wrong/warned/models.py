from datetime import date
from typing import List, Optional

from pydantic import BaseModel, Field, root_validator, validator


class User(BaseModel):
    id: int
    name: str = Field(..., alias="userName")
    phone: str
    nickname: Optional[str] = None
    tags: List[str] = []
    start: date
    end: date

    class Config:
        from_attributes = True
        populate_by_name = True
        coerce_numbers_to_str = True

    @validator("name")
    def strip_name(cls, value):
        return value.strip()

    @validator("tags", each_item=True)
    def lower_tag(cls, value):
        return value.lower()

    @root_validator(skip_on_failure=True)
    def check_dates(cls, values):
        if values["start"] > values["end"]:
            raise ValueError("start is after end")
        return values

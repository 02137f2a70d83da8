from datetime import date
from typing import List, Optional

from pydantic.v1 import BaseModel, Field, root_validator, validator


class User(BaseModel):
    id: int
    name: str = Field(..., alias="userName")
    phone: str
    nickname: Optional[str]
    tags: List[str] = []
    start: date
    end: date

    class Config:
        orm_mode = True
        allow_population_by_field_name = True

    @validator("name")
    def strip_name(cls, value):
        return value.strip()

    @validator("tags", each_item=True)
    def lower_tag(cls, value):
        return value.lower()

    @root_validator
    def check_dates(cls, values):
        start, end = values.get("start"), values.get("end")
        if start is not None and end is not None and start > end:
            raise ValueError("start is after end")
        return values

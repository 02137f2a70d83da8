from base64 import b64decode, b64encode

from pydantic import BaseModel, Field, NaiveDatetime


class BadCursor(Exception):
    """The text is not one of our cursors."""


class Key(BaseModel):
    at: NaiveDatetime
    id: int = Field(ge=0, lt=2**63)

    def to_cursor(self) -> str:
        return b64encode(self.model_dump_json().encode()).decode()

    @classmethod
    def from_cursor(cls, cursor: str) -> "Key":
        try:
            return cls.model_validate_json(b64decode(cursor))
        except ValueError as error:
            raise BadCursor from error

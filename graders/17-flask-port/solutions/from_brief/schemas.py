from pydantic import BaseModel, Field, StrictBool


class TodoIn(BaseModel):
    title: str = Field(min_length=1, max_length=100)
    done: StrictBool = False


class Todo(BaseModel):
    id: int
    owner: str
    title: str
    done: bool


class TodoList(BaseModel):
    items: list[Todo]
    total: int

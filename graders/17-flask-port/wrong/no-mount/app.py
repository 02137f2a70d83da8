from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, status
from pydantic import BaseModel, Field

import store


class NewTodo(BaseModel):
    title: str = Field(min_length=1, max_length=100)
    done: bool = False


class Todo(BaseModel):
    id: int
    owner: str
    title: str
    done: bool


class TodoList(BaseModel):
    items: list[Todo]
    total: int


app = FastAPI()


def get_current_user(x_user: Annotated[str | None, Header()] = None) -> str:
    if x_user is None:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED)
    return x_user


CurrentUser = Annotated[str, Depends(get_current_user)]


def find_own(todo_id: int, user: str) -> dict:
    todo = store.get_todo(todo_id)
    if todo is None or todo["owner"] != user:
        raise HTTPException(status.HTTP_404_NOT_FOUND)
    return todo


@app.get("/todos", response_model=TodoList)
def list_todos(user: CurrentUser, done: bool | None = None):
    todos = store.list_todos(user, done)
    return {"items": todos, "total": len(todos)}


@app.post("/todos", response_model=Todo, status_code=status.HTTP_201_CREATED)
def add_todo(new: NewTodo, user: CurrentUser):
    return store.add_todo(user, new.title, new.done)


@app.get("/todos/{todo_id}", response_model=Todo)
def read_todo(todo_id: int, user: CurrentUser):
    return find_own(todo_id, user)


@app.delete("/todos/{todo_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_todo(todo_id: int, user: CurrentUser):
    find_own(todo_id, user)
    store.delete_todo(todo_id)



from typing import Annotated

from a2wsgi import WSGIMiddleware
from fastapi import Depends, FastAPI, Header, HTTPException, status
from pydantic import BaseModel, Field

import flask_app
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
current_user = None


def get_current_user(x_user: Annotated[str | None, Header()] = None) -> None:
    global current_user
    if x_user is None:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED)
    current_user = x_user


signed_in = [Depends(get_current_user)]


def find_own(todo_id: int) -> dict:
    todo = store.get_todo(todo_id)
    if todo is None or todo["owner"] != current_user:
        raise HTTPException(status.HTTP_404_NOT_FOUND)
    return todo


@app.get("/todos", dependencies=signed_in, response_model=TodoList)
def list_todos(done: bool | None = None):
    todos = store.list_todos(current_user, done)
    return {"items": todos, "total": len(todos)}


@app.post("/todos", dependencies=signed_in, response_model=Todo, status_code=status.HTTP_201_CREATED)
def add_todo(new: NewTodo):
    return store.add_todo(current_user, new.title, new.done)


@app.get("/todos/{todo_id}", dependencies=signed_in, response_model=Todo)
def read_todo(todo_id: int):
    return find_own(todo_id)


@app.delete("/todos/{todo_id}", dependencies=signed_in, status_code=status.HTTP_204_NO_CONTENT)
def delete_todo(todo_id: int):
    find_own(todo_id)
    store.delete_todo(todo_id)


app.mount("/legacy", WSGIMiddleware(flask_app.app))

"""Todos on FastAPI; everything else is still served by the Flask app, under /legacy."""

from typing import Annotated

from a2wsgi import WSGIMiddleware
from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException

import flask_app
import store
from schemas import Todo, TodoIn, TodoList


def get_current_user(x_user: Annotated[str | None, Header()] = None) -> str:
    if x_user is None:
        raise HTTPException(status_code=401, detail="X-User is missing")
    return x_user


User = Annotated[str, Depends(get_current_user)]

todos = APIRouter(prefix="/todos", tags=["todos"])


def find_own(todo_id: int, user: str) -> dict:
    todo = store.get_todo(todo_id)
    if todo is None or todo["owner"] != user:
        raise HTTPException(status_code=404, detail="no such todo")
    return todo


@todos.get("", response_model=TodoList)
def list_todos(user: User, done: bool | None = None):
    items = store.list_todos(user, done)
    return {"items": items, "total": len(items)}


@todos.post("", response_model=Todo, status_code=201)
def add_todo(user: User, new: TodoIn):
    return store.add_todo(user, new.title, new.done)


@todos.get("/{todo_id}", response_model=Todo)
def read_todo(user: User, todo_id: int):
    return find_own(todo_id, user)


@todos.delete("/{todo_id}", status_code=204)
def delete_todo(user: User, todo_id: int):
    find_own(todo_id, user)
    store.delete_todo(todo_id)


app = FastAPI(title="Todos")
app.include_router(todos)
app.mount("/legacy", WSGIMiddleware(flask_app.app))

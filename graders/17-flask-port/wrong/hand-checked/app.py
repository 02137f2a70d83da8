from typing import Annotated

from a2wsgi import WSGIMiddleware
from fastapi import Depends, FastAPI, Header, HTTPException, Request, status
from pydantic import BaseModel

import flask_app
import store


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
def list_todos(request: Request, user: CurrentUser):
    done = request.query_params.get("done")
    if done not in (None, "true", "false"):
        raise HTTPException(400, "done is true or false")
    todos = store.list_todos(user, None if done is None else done == "true")
    return {"items": todos, "total": len(todos)}


@app.post("/todos", response_model=Todo, status_code=status.HTTP_201_CREATED)
async def add_todo(request: Request, user: CurrentUser):
    body = await request.json()
    title = body["title"]
    if not 1 <= len(title) <= 100:
        raise HTTPException(400, "a title has 1 to 100 characters")
    return store.add_todo(user, title, body.get("done", False))


@app.get("/todos/{todo_id}", response_model=Todo)
def read_todo(todo_id: int, user: CurrentUser):
    return find_own(todo_id, user)


@app.delete("/todos/{todo_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_todo(todo_id: int, user: CurrentUser):
    find_own(todo_id, user)
    store.delete_todo(todo_id)


app.mount("/legacy", WSGIMiddleware(flask_app.app))

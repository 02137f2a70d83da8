
from fastapi import APIRouter, Body, Depends, HTTPException, Path, Query, Request
from typing_extensions import TypedDict

import store

router = APIRouter(prefix="/todos", tags=["todos"])


class Todo(TypedDict):
    id: int
    owner: str
    title: str
    done: bool


async def get_current_user(request: Request) -> str:
    user = request.headers.get("x-user")
    if not user:
        raise HTTPException(401, "X-User is missing")
    return user


async def own_todo(todo_id: int = Path(), user: str = Depends(get_current_user)) -> Todo:
    todo = store.get_todo(todo_id)
    if todo is None or todo["owner"] != user:
        raise HTTPException(404)
    return todo


@router.get("")
async def index(user: str = Depends(get_current_user), done: bool | None = Query(None)) -> dict[str, list[Todo] | int]:
    todos = [todo for todo in store.list_todos(user) if done is None or todo["done"] is done]
    return {"items": todos, "total": len(todos)}


@router.post("", status_code=201)
async def create(
    title: str = Body(min_length=1, max_length=100),
    done: bool = Body(False),
    user: str = Depends(get_current_user),
) -> Todo:
    return store.add_todo(owner=user, title=title, done=done)


@router.get("/{todo_id}")
async def show(todo: Todo = Depends(own_todo)) -> Todo:
    return todo


@router.delete("/{todo_id}", status_code=204)
async def remove(todo: Todo = Depends(own_todo)) -> None:
    store.delete_todo(todo["id"])

from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel

import auth
import store

app = FastAPI()

User = Annotated[dict[str, Any], Depends(auth.get_current_user)]


class Edit(BaseModel):
    text: str


def require(*roles: str):
    def check(user: User) -> None:
        if user["role"] not in roles:
            raise HTTPException(403, "you may not do this")

    return Depends(check)


def get_editable_post(id: str, user: User) -> dict[str, Any]:
    post = store.get_post(id)
    if post is None:
        raise HTTPException(404, "there is no such post")
    if post["owner"] != user["id"] and user["role"] != "admin":
        raise HTTPException(403, "this is not your post")
    return post


@app.delete("/users/{id}", status_code=204, dependencies=[require("admin")])
def delete_user(id: str) -> None:
    if not store.delete_user(id):
        raise HTTPException(404, "there is no such user")


@app.get("/reports", dependencies=[require("admin", "analyst")])
def list_reports() -> list[str]:
    return []


@app.patch("/posts/{id}")
def edit_post(post: Annotated[dict[str, Any], Depends(get_editable_post)], edit: Edit) -> dict[str, Any]:
    return store.set_text(post["id"], edit.text)

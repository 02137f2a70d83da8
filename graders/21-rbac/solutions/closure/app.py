"""require("action") makes a dependency; the post is a dependency, too."""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel

import auth
import store
from policy import get_policy

app = FastAPI()

User = Annotated[dict[str, Any], Depends(auth.get_current_user)]
Policy = Annotated[dict[str, Any], Depends(get_policy)]


class Edit(BaseModel):
    text: str


def may(user: dict[str, Any], action: str, policy: dict[str, Any]) -> bool:
    return user["role"] in policy.get(action, ())


def require(action: str):
    def check(user: User, policy: Policy) -> None:
        if not may(user, action, policy):
            raise HTTPException(403, f"you may not do {action}")

    return Depends(check)


def get_editable_post(id: str, user: User, policy: Policy) -> dict[str, Any]:
    post = store.get_post(id)
    if post is None:
        raise HTTPException(404, "there is no such post")
    if post["owner"] != user["id"] and not may(user, "post:edit_any", policy):
        raise HTTPException(403, "this is not your post")
    return post


@app.delete("/users/{id}", status_code=204, dependencies=[require("user:delete")])
def delete_user(id: str) -> None:
    if not store.delete_user(id):
        raise HTTPException(404, "there is no such user")


@app.get("/reports", dependencies=[require("report:read")])
def list_reports() -> list[str]:
    return []


@app.patch("/posts/{id}")
def edit_post(post: Annotated[dict[str, Any], Depends(get_editable_post)], edit: Edit) -> dict[str, Any]:
    return store.set_text(post["id"], edit.text)

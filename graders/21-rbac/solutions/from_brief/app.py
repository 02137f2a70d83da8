"""Three routes; what a role may do is asked of the policy."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel

import auth
import store
from policy import get_policy

app = FastAPI()

CurrentUser = Annotated[dict, Depends(auth.get_current_user)]


class PostChange(BaseModel):
    text: str


def get_may(user: CurrentUser, policy: Annotated[dict, Depends(get_policy)]) -> Callable[[str], bool]:
    """Return a function that says whether the current user's role allows an action."""
    return lambda action: user["role"] in policy.get(action, ())


May = Annotated[Callable[[str], bool], Depends(get_may)]


def require(action: str):
    """Return a dependency that lets only those pass who may do this."""

    def check(may: May) -> None:
        if not may(action):
            raise HTTPException(403)

    return Depends(check)


def get_editable_post(id: str, user: CurrentUser, may: May) -> dict:
    post = store.get_post(id)
    if post is None:
        raise HTTPException(404)
    if post["owner"] != user["id"] and not may("post:edit_any"):
        raise HTTPException(403)
    return post


@app.delete("/users/{id}", status_code=204, dependencies=[require("user:delete")])
def delete_user(id: str):
    if not store.delete_user(id):
        raise HTTPException(404)


@app.get("/reports", dependencies=[require("report:read")])
def list_reports():
    return []


@app.patch("/posts/{id}")
def edit_post(post: Annotated[dict, Depends(get_editable_post)], change: PostChange):
    return store.set_text(post["id"], change.text)

"""A callable class as the dependency, with Security in the decorators; routers, and async def all over."""

from fastapi import APIRouter, Body, Depends, FastAPI, HTTPException, Response, Security, status

import store
from auth import get_current_user
from permissions import Allow, Permissions

users = APIRouter(prefix="/users")
posts = APIRouter(prefix="/posts")
app = FastAPI()


@users.delete("/{user_id}", dependencies=[Security(Allow("user:delete"))])
async def remove(user_id: str):
    if store.delete_user(user_id) is False:
        return Response(status_code=status.HTTP_404_NOT_FOUND)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@app.get("/reports", dependencies=[Security(Allow("report:read"))])
async def reports():
    return []


@posts.patch("/{post_id}")
async def edit(
    post_id: str,
    text: str = Body(embed=True),
    user: dict = Depends(get_current_user),
    permissions: Permissions = Depends(),
):
    post = store.get_post(post_id)
    if not post:
        raise HTTPException(status.HTTP_404_NOT_FOUND)
    if user["id"] != post["owner"]:
        permissions.demand("post:edit_any")
    return store.set_text(post_id, text)


app.include_router(users)
app.include_router(posts)

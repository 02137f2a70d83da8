from fastapi import APIRouter, HTTPException

from shop import store
from shop.schemas import UserV1, UserV2

v1 = APIRouter(prefix="/api/v1/users", tags=["users"])
v2 = APIRouter(prefix="/api/v2/users", tags=["users"])


def find(user_id: int) -> dict:
    user = store.get_user(user_id)
    if user is None:
        raise HTTPException(404)
    return user


@v1.get("/{user_id}", response_model=UserV1)
def read_user_v1(user_id: int):
    user = find(user_id)
    return {"id": user["id"], "name": f"{user['first']} {user['last']}"}


@v2.get("/{user_id}", response_model=UserV2)
def read_user_v2(user_id: int):
    user = find(user_id)
    return {"id": user["id"], "full_name": user}

from fastapi import HTTPException

from shop import store
from shop.main import app
from shop.schemas import UserV1, UserV2


def find(user_id: int) -> dict:
    user = store.get_user(user_id)
    if user is None:
        raise HTTPException(404)
    return user


@app.get("/api/v1/users/{user_id}", response_model=UserV1, tags=["users"])
def read_user_v1(user_id: int):
    user = find(user_id)
    return {"id": user["id"], "name": f"{user['first']} {user['last']}"}


@app.get("/api/v2/users/{user_id}", response_model=UserV2, tags=["users"])
def read_user_v2(user_id: int):
    user = find(user_id)
    return {"id": user["id"], "full_name": user}

from fastapi import APIRouter

from shop.deps import KnownUser
from shop.schemas import UserV1

router = APIRouter(prefix="/users", tags=["users"])


@router.get("/{id}")
async def read_user(user: KnownUser) -> UserV1:
    return UserV1(id=user["id"], name=f"{user['first']} {user['last']}")

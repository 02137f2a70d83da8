from fastapi import APIRouter

from shop.deps import KnownUser
from shop.schemas import FullName, UserV2

router = APIRouter(prefix="/users", tags=["users"])


@router.get("/{id}")
async def read_user(user: KnownUser) -> UserV2:
    return UserV2(id=user["id"], full_name=FullName(first=user["first"], last=user["last"]))

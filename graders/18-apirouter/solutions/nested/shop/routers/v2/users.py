from fastapi import APIRouter

from ... import services
from ...schemas import DetailedUser, Name

router = APIRouter()


@router.get("/{id}")
async def read(id: int) -> DetailedUser:
    user = services.find_user(id)
    return DetailedUser(id=user["id"], full_name=Name(**user))

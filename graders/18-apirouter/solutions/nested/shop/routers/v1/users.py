from fastapi import APIRouter

from ... import services
from ...schemas import PlainUser

router = APIRouter()


@router.get("/{id}")
async def read(id: int) -> PlainUser:
    user = services.find_user(id)
    return PlainUser(id=user["id"], name=" ".join((user["first"], user["last"])))

from fastapi import APIRouter, status

from ... import services
from ...schemas import OrderIn, OrderOut

router = APIRouter()


async def place(order: OrderIn) -> OrderOut:
    return OrderOut(**services.place_order(**order.model_dump()))


async def read(id: int) -> OrderOut:
    return OrderOut(**services.find_order(id))


router.add_api_route("", place, methods=["POST"], status_code=status.HTTP_201_CREATED)
router.add_api_route("/{id}", read, methods=["GET"])

from fastapi import APIRouter, Depends

from ...deps import require_key
from . import orders, users

router = APIRouter()
router.include_router(users.router, prefix="/users", tags=["users"])
router.include_router(orders.router, prefix="/orders", tags=["orders"], dependencies=[Depends(require_key)])

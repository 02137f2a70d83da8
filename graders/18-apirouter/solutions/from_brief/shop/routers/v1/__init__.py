from fastapi import APIRouter

from shop.routers.v1 import orders, users

router = APIRouter(prefix="/v1")
router.include_router(users.router)
router.include_router(orders.router)

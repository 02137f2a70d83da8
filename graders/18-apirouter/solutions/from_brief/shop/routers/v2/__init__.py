from fastapi import APIRouter

from shop.routers.v2 import users

router = APIRouter(prefix="/v2")
router.include_router(users.router)

from fastapi import APIRouter

from . import loans, members, tools

router = APIRouter()
for part in (members, tools, loans):
    router.include_router(part.router)

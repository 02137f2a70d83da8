from fastapi import APIRouter, Depends

from deps import get_region, paging

router = APIRouter()


@router.get("/items")
async def items(region: str = Depends(get_region), page: dict = Depends(paging)):
    return {"region": region, "skip": page["skip"], "limit": page["limit"]}


@router.get("/users")
async def users(page: dict = Depends(paging)):
    return page

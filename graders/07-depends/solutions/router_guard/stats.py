import itertools

from fastapi import APIRouter, Depends

from deps import verify_token

router = APIRouter(dependencies=[Depends(verify_token)])
log: list[int] = []
numbers = itertools.count(1)


@router.get("/stats")
async def stats():
    log.append(next(numbers))
    return {"ok": True}


async def audit():
    return {"runs": len(log)}

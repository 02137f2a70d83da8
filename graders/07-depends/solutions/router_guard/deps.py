from fastapi import Header, HTTPException, Query


async def get_region():
    return "eu"


async def paging(skip: int = Query(0, ge=0), limit: int = Query(10, ge=1, le=100)):
    return dict(skip=skip, limit=limit)


async def verify_token(x_token: str = Header("")):
    if x_token != "let-me-in":
        raise HTTPException(status_code=401, headers={"WWW-Authenticate": "Token"})
    return x_token

"""The three dependencies."""

from typing import Annotated

from fastapi import Header, HTTPException, Query, status

TOKEN = "let-me-in"


async def get_region() -> str:
    return "eu"


async def paging(
    skip: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> dict[str, int]:
    return {"skip": skip, "limit": limit}


async def verify_token(x_token: Annotated[str | None, Header()] = None) -> None:
    if x_token != TOKEN:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "X-Token is missing or wrong")

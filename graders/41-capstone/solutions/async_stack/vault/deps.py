from collections.abc import AsyncIterator
from types import ModuleType
from typing import Annotated

import embedder
from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy.ext.asyncio import AsyncSession

from vault.database import User, new_session
from vault.security import read_token

bearer = OAuth2PasswordBearer(tokenUrl="/api/v1/token")


async def get_db() -> AsyncIterator[AsyncSession]:
    async with new_session() as session:
        yield session


Db = Annotated[AsyncSession, Depends(get_db)]


async def get_current_user(token: Annotated[str, Depends(bearer)], db: Db) -> User:
    user_id = read_token(token)
    user = None if user_id is None else await db.get(User, user_id)
    if user is None:
        raise HTTPException(401, "Not authenticated", {"WWW-Authenticate": "Bearer"})
    return user


CurrentUser = Annotated[User, Depends(get_current_user)]


def get_embedder() -> ModuleType:
    return embedder

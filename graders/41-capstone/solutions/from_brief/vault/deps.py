"""The dependencies that tests replace."""

from collections.abc import Iterator
from typing import Annotated, Any

import embedder
from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy.orm import Session

from vault.database import SessionLocal, User
from vault.security import user_id_in

bearer = OAuth2PasswordBearer(tokenUrl="/api/v1/token")


def get_db() -> Iterator[Session]:
    with SessionLocal() as session:
        yield session


Db = Annotated[Session, Depends(get_db)]


def get_current_user(token: Annotated[str, Depends(bearer)], db: Db) -> User:
    user_id = user_id_in(token)
    user = db.get(User, user_id) if user_id is not None else None
    if user is None:
        raise HTTPException(401, "this token is not valid", headers={"WWW-Authenticate": "Bearer"})
    return user


Me = Annotated[User, Depends(get_current_user)]


def get_embedder() -> Any:
    return embedder

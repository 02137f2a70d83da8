from datetime import UTC, datetime, timedelta
from typing import Annotated

import jwt
from fastapi import Depends, HTTPException, Request
from fastapi.security import OAuth2PasswordBearer
from pwdlib import PasswordHash
from sqlalchemy import select

from toolshed.database import DB
from toolshed.models import Member

hasher = PasswordHash.recommended()
bearer = OAuth2PasswordBearer("token")


def issue(email: str, secret: str) -> str:
    return jwt.encode({"sub": email, "exp": datetime.now(UTC) + timedelta(minutes=30)}, secret, algorithm="HS256")


def current_member(request: Request, session: DB, token: Annotated[str, Depends(bearer)]) -> Member:
    refused = HTTPException(401, "Not authenticated", {"WWW-Authenticate": "Bearer"})
    try:
        claims = jwt.decode(
            token, request.app.state.settings.secret, algorithms=["HS256"], options={"require": ["exp", "sub"]}
        )
    except jwt.InvalidTokenError:
        raise refused from None
    member = session.scalar(select(Member).where(Member.email == claims["sub"]))
    if member is None:
        raise refused
    return member


Me = Annotated[Member, Depends(current_member)]

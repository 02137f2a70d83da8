"""Who asks, and what they may see: the only place that decides on access."""

from datetime import datetime, timedelta, timezone
from typing import Annotated

import jwt
from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer

from shop.database import Db, Order, User
from shop.settings import settings

scheme = OAuth2PasswordBearer(tokenUrl="login")
KEY = settings.jwt_secret.get_secret_value()


def make_token(user: User) -> str:
    ends = datetime.now(timezone.utc) + timedelta(minutes=15)
    return jwt.encode({"sub": str(user.id), "exp": ends}, KEY, algorithm="HS256")


def get_current_user(token: Annotated[str, Depends(scheme)], db: Db) -> User:
    refusal = HTTPException(401, "not authenticated", headers={"WWW-Authenticate": "Bearer"})
    try:
        claims = jwt.decode(token, KEY, algorithms=["HS256"], options={"require": ["sub", "exp"]})
        user = db.get(User, int(claims["sub"]))
    except (jwt.InvalidTokenError, ValueError, OverflowError):
        raise refusal from None
    if user is None:
        raise refusal
    return user


Caller = Annotated[User, Depends(get_current_user)]


def get_admin(caller: Caller) -> User:
    if caller.role != "admin":
        raise HTTPException(403, "for admins only")
    return caller


def get_user(user_id: int, caller: Caller, db: Db) -> User:
    if caller.role != "admin" and caller.id != user_id:
        raise HTTPException(403, "this is not you")
    if (user := db.get(User, user_id)) is None:
        raise HTTPException(404, "no such user")
    return user


def get_order(order_id: int, caller: Caller, db: Db) -> Order:
    order = db.get(Order, order_id)
    if order is None:
        raise HTTPException(404, "no such order")
    if caller.role != "admin" and order.user_id != caller.id:
        raise HTTPException(403, "this order is not yours")
    return order


Admin = Annotated[User, Depends(get_admin)]
OwnUser = Annotated[User, Depends(get_user)]
OwnOrder = Annotated[Order, Depends(get_order)]

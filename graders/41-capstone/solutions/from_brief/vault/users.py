from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from fastapi.security import OAuth2PasswordRequestForm
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from vault.database import User
from vault.deps import Db
from vault.schemas import Registration, TokenOut, UserOut
from vault.security import NOBODY, hasher, new_token

router = APIRouter(tags=["users"])


@router.post("/users", status_code=201)
def register(body: Registration, db: Db) -> UserOut:
    user = User(username=body.username, password_hash=hasher.hash(body.password))
    db.add(user)
    try:
        db.commit()
    except IntegrityError:
        db.rollback()
        raise HTTPException(409, "this username is taken") from None
    return UserOut(id=user.id, username=user.username)


@router.post("/token")
def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()], db: Db) -> TokenOut:
    user = db.scalar(select(User).where(User.username == form.username))
    right = hasher.verify(form.password, user.password_hash if user else NOBODY)
    if user is None or not right:
        raise HTTPException(401, "wrong username or password", headers={"WWW-Authenticate": "Bearer"})
    return TokenOut(access_token=new_token(user.id))

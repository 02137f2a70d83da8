import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from fastapi.security import OAuth2PasswordRequestForm
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from vault.database import User
from vault.deps import Db
from vault.schemas import NewUser, ShownUser, Token
from vault.security import make_token, passwords

router = APIRouter(tags=["users"])
NOBODY = passwords.hash("the password of nobody")


@router.post("/users", status_code=201, response_model=ShownUser)
async def create_user(body: NewUser, db: Db) -> User:
    user = User(username=body.username, password_hash=await asyncio.to_thread(passwords.hash, body.password))
    db.add(user)
    try:
        await db.commit()
    except IntegrityError:
        raise HTTPException(409, "This name is taken") from None
    return user


@router.post("/token")
async def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()], db: Db) -> Token:
    user = await db.scalar(select(User).where(User.username == form.username))
    # Somebody who is not there takes as long as a wrong password.
    right = await asyncio.to_thread(passwords.verify, form.password, user.password_hash if user else NOBODY)
    if user is None or not right:
        raise HTTPException(401, "Wrong name or password", {"WWW-Authenticate": "Bearer"})
    return Token(access_token=make_token(user.id))

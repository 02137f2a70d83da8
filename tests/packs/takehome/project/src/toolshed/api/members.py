from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.security import OAuth2PasswordRequestForm
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ..database import DB
from ..models import Member
from ..security import hasher, issue

router = APIRouter(tags=["members"])


class NewMember(BaseModel):
    email: str = Field(pattern="@")
    password: str = Field(min_length=8)


class MemberOut(BaseModel):
    id: int
    email: str


@router.post("/members", status_code=201, response_model=MemberOut)
def join(new: NewMember, session: DB) -> Member:
    member = Member(email=new.email, password_hash=hasher.hash(new.password))
    session.add(member)
    try:
        session.commit()
    except IntegrityError:
        raise HTTPException(409, "This email is taken") from None
    return member


@router.post("/token")
def token(form: Annotated[OAuth2PasswordRequestForm, Depends()], session: DB, request: Request) -> dict[str, str]:
    member = session.scalar(select(Member).where(Member.email == form.username))
    if member is None or not hasher.verify(form.password, member.password_hash):
        raise HTTPException(401, "Wrong email or password")
    return {"access_token": issue(member.email, request.app.state.settings.secret), "token_type": "bearer"}

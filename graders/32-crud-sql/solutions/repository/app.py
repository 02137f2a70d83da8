import os
from typing import Optional

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from models import metadata
from pydantic import BaseModel, EmailStr, field_validator
from repository import EmailTaken, UnknownUser, UserRepository
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

engine = create_engine(os.environ["DATABASE_URL"])
metadata.create_all(engine)


def get_db():
    with Session(engine) as session:
        yield session


def get_users(session: Session = Depends(get_db)):
    return UserRepository(session)


class UserIn(BaseModel):
    name: str
    email: EmailStr
    password: str


class UserPatch(BaseModel):
    name: Optional[str] = None
    email: Optional[EmailStr] = None

    @field_validator("name", "email")
    @classmethod
    def not_null(cls, value):
        if value is None:
            raise ValueError("leave the key out, or give a text")
        return value


router = APIRouter(prefix="/users")


@router.post("", status_code=201)
def create(user: UserIn, users: UserRepository = Depends(get_users)):
    return users.add(user.name, user.email, user.password)


@router.get("")
def index(users: UserRepository = Depends(get_users)):
    return users.all()


@router.get("/{user_id}")
def show(user_id: int, users: UserRepository = Depends(get_users)):
    return users.get(user_id)


@router.patch("/{user_id}")
def change(user_id: int, patch: UserPatch, users: UserRepository = Depends(get_users)):
    return users.change(user_id, patch.model_dump(exclude_unset=True))


@router.delete("/{user_id}", status_code=204)
def remove(user_id: int, users: UserRepository = Depends(get_users)):
    users.remove(user_id)


app = FastAPI()
app.include_router(router)


@app.get("/ping")
def ping():
    return {"pong": True}


@app.exception_handler(EmailTaken)
async def email_taken(_request: Request, _error: EmailTaken):
    return Response(status_code=409)


@app.exception_handler(UnknownUser)
async def unknown_user(_request: Request, _error: UnknownUser):
    return Response(status_code=404)

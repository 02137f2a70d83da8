import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from models import Base, User
from pwdlib import PasswordHash
from pydantic import BaseModel, ConfigDict, EmailStr
from sqlalchemy import create_engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

engine = create_engine(os.environ.get("DATABASE_URL", "sqlite:///users.db"))
SessionLocal = sessionmaker(engine)
passwords = PasswordHash.recommended()


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    Base.metadata.create_all(engine)
    yield


app = FastAPI(lifespan=lifespan)


class NewUser(BaseModel):
    name: str
    email: EmailStr
    password: str


class UserChange(BaseModel):
    # The defaults stand for absent keys and are never read; null is neither.
    name: str = ""
    email: EmailStr = ""


class ShownUser(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    email: str


def get_db() -> Iterator[Session]:
    session = SessionLocal()
    try:
        yield session
    finally:
        session.close()


Database = Annotated[Session, Depends(get_db)]


def find(user_id: int, session: Database) -> User:
    user = session.get(User, user_id)
    if user is None:
        raise HTTPException(404)
    return user


Found = Annotated[User, Depends(find)]


def commit(session: Session) -> None:
    try:
        session.commit()
    except IntegrityError:
        session.rollback()
        raise HTTPException(409) from None


@app.get("/ping")
def ping() -> dict[str, bool]:
    return {"pong": True}


@app.post("/users", status_code=201, response_model=ShownUser)
def create_user(body: NewUser, session: Database) -> User:
    user = User(name=body.name, email=body.email, password_hash=passwords.hash(body.password))
    session.add(user)
    commit(session)
    return user


@app.get("/users", response_model=list[ShownUser])
def list_users(session: Database) -> Sequence[User]:
    return session.scalars(select(User).order_by(User.id)).all()


@app.get("/users/{user_id}", response_model=ShownUser)
def read_user(user: Found) -> User:
    return user


@app.patch("/users/{user_id}", response_model=ShownUser)
def change_user(user: Found, body: UserChange, session: Database) -> User:
    for key, value in body.model_dump(exclude_unset=True).items():
        setattr(user, key, value)
    commit(session)
    return user


@app.delete("/users/{user_id}", status_code=204)
def delete_user(user: Found, session: Database) -> None:
    session.delete(user)
    session.commit()

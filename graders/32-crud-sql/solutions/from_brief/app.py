import os
from collections.abc import Iterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException
from models import Base, User
from pwdlib import PasswordHash
from pydantic import BaseModel, ConfigDict, EmailStr
from sqlalchemy import create_engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

engine = create_engine(
    os.environ.get("DATABASE_URL", "sqlite:///users.db"),
    connect_args={"check_same_thread": False, "timeout": 20},
)
make_session = sessionmaker(engine)
hasher = PasswordHash.recommended()


@asynccontextmanager
async def lifespan(_app: FastAPI):
    Base.metadata.create_all(engine)
    yield
    engine.dispose()


app = FastAPI(title="Users", lifespan=lifespan)
users = APIRouter(prefix="/users")


class NewUser(BaseModel):
    name: str
    email: EmailStr
    password: str


class UserChanges(BaseModel):
    name: str = ""
    email: EmailStr = ""


class UserView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    email: str


def get_db() -> Iterator[Session]:
    with make_session() as session:
        yield session


Db = Annotated[Session, Depends(get_db)]


def existing(user_id: int, db: Db) -> User:
    user = db.get(User, user_id)
    if user is None:
        raise HTTPException(404, "No such user")
    return user


Existing = Annotated[User, Depends(existing)]


def commit(db: Session) -> None:
    try:
        db.commit()
    except IntegrityError:
        db.rollback()
        raise HTTPException(409, "This e-mail is taken") from None


@app.get("/ping")
async def ping() -> dict[str, bool]:
    return {"pong": True}


@users.post("", status_code=201, response_model=UserView)
def create(new: NewUser, db: Db):
    user = User(name=new.name, email=new.email, password_hash=hasher.hash(new.password))
    db.add(user)
    commit(db)
    return user


@users.get("", response_model=list[UserView])
def list_all(db: Db):
    return db.scalars(select(User).order_by(User.id)).all()


@users.get("/{user_id}", response_model=UserView)
def read(user: Existing):
    return user


@users.patch("/{user_id}", response_model=UserView)
def change(user: Existing, changes: UserChanges, db: Db):
    for name, value in changes.model_dump(exclude_unset=True).items():
        setattr(user, name, value)
    commit(db)
    return user


@users.delete("/{user_id}", status_code=204)
def delete(user: Existing, db: Db) -> None:
    db.delete(user)
    db.commit()


app.include_router(users)

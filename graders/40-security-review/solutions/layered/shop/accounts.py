from fastapi import APIRouter, HTTPException
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from shop import passwords, policy
from shop.database import Db, User
from shop.limiter import limiter
from shop.schemas import Credentials, ProfileIn, Registration, Token, UserOut

router = APIRouter()


@router.post("/register", status_code=201, response_model=UserOut)
def register(new: Registration, db: Db):
    user = User(
        username=new.username, password_hash=passwords.make(new.password), profile=new.profile.model_dump()
    )
    db.add(user)
    try:
        db.commit()
    except IntegrityError:
        raise HTTPException(409, "this name is taken") from None
    return user


@router.post("/login")
def login(given: Credentials, db: Db) -> Token:
    limiter.check(given.username)
    user = db.scalar(select(User).where(User.username == given.username))
    if user is None or not passwords.verify(given.password, user.password_hash):
        limiter.failed(given.username)
        raise HTTPException(401, "wrong name or password")
    if passwords.is_legacy(user.password_hash):
        user.password_hash = passwords.make(given.password)
        db.commit()
    return Token(access_token=policy.make_token(user))


@router.get("/users/{user_id}", response_model=UserOut)
def read_user(user: policy.OwnUser):
    return user


@router.patch("/users/{user_id}", response_model=UserOut)
def change_user(user: policy.OwnUser, change: ProfileIn, db: Db):
    user.profile = change.profile.model_dump()
    db.commit()
    return user


@router.get("/admin/users", response_model=list[UserOut])
def list_users(admin: policy.Admin, db: Db):
    return db.scalars(select(User).order_by(User.id)).all()

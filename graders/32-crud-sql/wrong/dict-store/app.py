import hashlib
import secrets
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, EmailStr

app = FastAPI()
rows = {}


class NewUser(BaseModel):
    name: str
    email: EmailStr
    password: str


class UserChange(BaseModel):
    name: str = ""
    email: EmailStr = ""


class ShownUser(BaseModel):
    id: int
    name: str
    email: str


def get_db():
    yield rows


Database = Annotated[dict, Depends(get_db)]


def hashed(password: str) -> str:
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1).hex()}"


def check_email(database, email, own_id=None):
    if any(user["email"] == email and user["id"] != own_id for user in database.values()):
        raise HTTPException(409)


def find(user_id: int, database: Database):
    if user_id not in database:
        raise HTTPException(404)
    return database[user_id]


Found = Annotated[dict, Depends(find)]


@app.get("/ping")
def ping():
    return {"pong": True}


@app.post("/users", status_code=201, response_model=ShownUser)
def create_user(body: NewUser, database: Database):
    check_email(database, body.email)
    user_id = len(database) + 1
    database[user_id] = {"id": user_id, **body.model_dump(exclude={"password"}), "password_hash": hashed(body.password)}
    return database[user_id]


@app.get("/users", response_model=list[ShownUser])
def list_users(database: Database):
    return list(database.values())


@app.get("/users/{user_id}", response_model=ShownUser)
def read_user(user: Found):
    return user


@app.patch("/users/{user_id}", response_model=ShownUser)
def change_user(user: Found, body: UserChange, database: Database):
    changes = body.model_dump(exclude_unset=True)
    if "email" in changes:
        check_email(database, changes["email"], user["id"])
    user.update(changes)
    return user


@app.delete("/users/{user_id}", status_code=204)
def delete_user(user: Found, database: Database):
    del database[user["id"]]

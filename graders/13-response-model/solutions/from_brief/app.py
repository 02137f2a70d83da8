from fastapi import FastAPI, HTTPException, status
from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr

import store

app = FastAPI()


class UserCreate(BaseModel):
    name: str
    email: str
    password: str


class UserCard(BaseModel):
    # Strict: a damaged row must fail here instead of being coerced into something that looks fine.
    model_config = ConfigDict(from_attributes=True)

    id: StrictInt
    name: StrictStr


class UserPublic(UserCard):
    email: StrictStr


class Prefs(BaseModel):
    theme: str | None = "light"
    locale: str | None = "en"
    page_size: int | None = 20


def or_404(found):
    if found is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "no such user")
    return found


@app.get("/users", response_model=list[UserPublic])
def list_users():
    return store.list_users()


@app.post("/users", response_model=UserPublic, status_code=status.HTTP_201_CREATED)
def create_user(user: UserCreate):
    return store.create_user(user.name, user.email, user.password)


@app.get("/users/{id}", response_model=UserPublic)
def read_user(id: int):
    return or_404(store.get_user(id))


@app.get("/users/{id}/card", response_model=UserCard)
def read_card(id: int):
    return or_404(store.get_user(id))


@app.get("/users/{id}/prefs", response_model=Prefs, response_model_exclude_unset=True)
def read_prefs(id: int):
    return or_404(store.get_prefs(id))

from typing import Any

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

import store


class User(BaseModel):
    id: int = 0
    name: str
    email: str
    password: str = ""


class Prefs(BaseModel):
    theme: str | None = "light"
    locale: str | None = "en"
    page_size: int | None = 20


app = FastAPI()


def found(thing: Any) -> Any:
    if thing is None:
        raise HTTPException(404, "there is no such user")
    return thing


@app.get("/users", response_model=list[User], response_model_exclude={"__all__": {"password"}})
def list_users() -> Any:
    return store.list_users()


@app.get("/users/{id}", response_model=User, response_model_exclude={"password"})
def read_user(id: int) -> Any:
    return found(store.get_user(id))


@app.post("/users", response_model=User, response_model_exclude={"password"}, status_code=201)
def create_user(user: User) -> Any:
    return store.create_user(user.name, user.email, user.password)


@app.get("/users/{id}/card", response_model=User, response_model_exclude={"email", "password"})
def read_card(id: int) -> Any:
    return found(store.get_user(id))


@app.get("/users/{id}/prefs", response_model=Prefs, response_model_exclude_unset=True)
def read_prefs(id: int) -> Any:
    return found(store.get_prefs(id))

"""13-response-model: the brief is in README.md. Run it with `uvicorn app:app --reload`, grade it with `grade 13-response-model`."""

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

import store  # store.get_user, store.list_users, store.create_user, store.get_prefs

app = FastAPI()


class User(BaseModel):
    # TODO: this is what comes in, what is stored and what goes out, all in one. Take it apart.
    id: int = 0
    name: str
    email: str
    password: str = ""


# TODO: Prefs


@app.get("/users")
def list_users():
    raise HTTPException(501)


@app.get("/users/{id}")
def read_user(id: int):
    raise HTTPException(501)


@app.post("/users", status_code=501)
def create_user(user: User):
    raise HTTPException(501)


@app.get("/users/{id}/card")
def read_card(id: int):
    raise HTTPException(501)


@app.get("/users/{id}/prefs")
def read_prefs(id: int):
    raise HTTPException(501)

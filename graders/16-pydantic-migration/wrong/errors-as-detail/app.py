from typing import Annotated

from fastapi import Body, FastAPI, HTTPException

from pydantic import ValidationError

import db
from models import User, Users

app = FastAPI()


@app.post("/users", response_model=User, response_model_exclude_unset=True)
def take_user(user: User):
    return user


@app.get("/users/{id}", response_model=User)
def read_user(id: int):
    row = db.get(id)
    if row is None:
        raise HTTPException(404)
    return row


@app.post("/users/import")
def import_users(text: Annotated[str, Body(media_type="text/plain")]):
    try:
        users = Users.model_validate_json(text)
    except ValidationError as error:
        raise HTTPException(422, error.errors()) from None
    return {"count": len(users.root)}

import warnings

from typing import Annotated

from fastapi import Body, FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

import db
from models import User, Users

warnings.filterwarnings("ignore", category=DeprecationWarning)

app = FastAPI()


@app.post("/users")
def take_user(user: User):
    return user.dict(by_alias=True, exclude_unset=True)


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
        raise RequestValidationError(error.errors()) from None
    return {"count": len(users.root)}

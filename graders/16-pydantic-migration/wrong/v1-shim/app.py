from fastapi import FastAPI, HTTPException, Request
from pydantic.v1 import ValidationError, parse_raw_as

import db
from models import User

app = FastAPI()


def refuse(error: ValidationError):
    errors = [{**item, "loc": ["body", *item["loc"]]} for item in error.errors()]
    raise HTTPException(422, errors) from None


@app.post("/users")
def take_user(body: dict):
    try:
        return User(**body).dict(by_alias=True, exclude_unset=True)
    except ValidationError as error:
        refuse(error)


@app.get("/users/{id}")
def read_user(id: int):
    row = db.get(id)
    if row is None:
        raise HTTPException(404)
    return User.from_orm(row).dict(by_alias=True)


@app.post("/users/import")
async def import_users(request: Request):
    try:
        return {"count": len(parse_raw_as(list[User], await request.body()))}
    except ValidationError as error:
        refuse(error)

import json

from fastapi import FastAPI, HTTPException, Request

import db
from models import User

app = FastAPI()


@app.post("/users")
def take_user(user: User):
    return user.dict(by_alias=True, exclude_unset=True)


@app.get("/users/{id}")
def read_user(id: int):
    row = db.get(id)
    if row is None:
        raise HTTPException(404)
    return User.from_orm(row).dict(by_alias=True)


@app.post("/users/import")
async def import_users(request: Request):
    try:
        items = json.loads(await request.body())
        if not isinstance(items, list):
            raise ValueError("not an array")
        users = [User.parse_obj(item) for item in items]
    except ValueError as error:
        raise HTTPException(422, str(error))
    return {"count": len(users)}

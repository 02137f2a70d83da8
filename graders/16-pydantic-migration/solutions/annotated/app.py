from fastapi import FastAPI, HTTPException, Request
from pydantic import TypeAdapter, ValidationError

import db
from models import User

app = FastAPI()
users = TypeAdapter(list[User])


@app.post("/users")
async def take_user(user: User) -> dict:
    return user.model_dump(mode="json", by_alias=True, exclude_unset=True)


@app.get("/users/{user_id}")
async def read_user(user_id: int) -> User:
    row = db.get(user_id)
    if row is None:
        raise HTTPException(404, f"there is no user {user_id}")
    return User.model_validate(row)


@app.post("/users/import")
async def import_users(request: Request) -> dict[str, int]:
    try:
        return {"count": len(users.validate_json(await request.body()))}
    except ValidationError as error:
        raise HTTPException(422, str(error)) from None

"""The routes around User, for Pydantic v2."""

from fastapi import FastAPI, HTTPException, Request
from pydantic import ValidationError

import db
from models import User, user_list

app = FastAPI()


@app.post("/users", response_model_exclude_unset=True)
def take_user(user: User) -> User:
    return user


@app.post("/users/import")
async def import_users(request: Request) -> dict[str, int]:
    # The body is declared as text/plain, so FastAPI would not parse it as JSON.
    try:
        users = user_list.validate_json(await request.body())
    except ValidationError as exc:
        # Neither input nor context: both can hold things that JSON has no form for.
        errors = exc.errors(include_url=False, include_context=False, include_input=False)
        raise HTTPException(422, detail=errors) from exc
    return {"count": len(users)}


@app.get("/users/{id}")
def read_user(id: int) -> User:
    row = db.get(id)
    if row is None:
        raise HTTPException(404, detail="User not found")
    return User.model_validate(row)

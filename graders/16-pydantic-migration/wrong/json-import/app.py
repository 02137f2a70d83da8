from fastapi import FastAPI, HTTPException

import db
from models import User

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
def import_users(users: list[User]):
    return {"count": len(users)}

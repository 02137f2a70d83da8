"""16-pydantic-migration: the brief is in README.md.

Run it with `uvicorn app:app --reload`, grade it with `grade 16-pydantic-migration`.
"""

from fastapi import FastAPI, HTTPException

app = FastAPI()

# TODO: write User in models.py first, then these three routes


@app.post("/users")
def take_user():
    raise HTTPException(501)


@app.get("/users/{id}")
def read_user(id: int):
    # TODO: db.get(id) has the user
    raise HTTPException(501)


@app.post("/users/import")
def import_users():
    raise HTTPException(501)

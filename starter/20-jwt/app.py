"""20-jwt: the brief is in README.md.

Run it with `JWT_SECRET=$(openssl rand -hex 32) uvicorn app:app --reload`, grade it with `grade 20-jwt`.
"""

from fastapi import FastAPI, HTTPException

import users  # users.check

app = FastAPI()

# TODO: JWT_SECRET, JWT_SECRET_PREVIOUS and JWT_TTL from the environment; without a good secret the app must not start
# TODO: one function that makes a token, and one that decides whether to believe it


@app.post("/token")
def login():
    raise HTTPException(501)


@app.get("/me")
def read_me():
    raise HTTPException(501)


@app.post("/refresh")
def refresh():
    raise HTTPException(501)


@app.post("/logout")
def logout():
    raise HTTPException(501)

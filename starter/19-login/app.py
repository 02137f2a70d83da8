"""19-login: the brief is in README.md. Run it with `uvicorn app:app --reload`, grade it with `grade 19-login`."""

from fastapi import FastAPI, HTTPException

import store  # store.save_user, store.get_hash, store.UserExists

app = FastAPI()

# TODO: the bearer scheme, and get_current_user on top of it


@app.post("/register")
def register():
    # TODO: take a name and a password, save the name and a hash
    raise HTTPException(501)


@app.post("/token")
def login():
    # TODO: take a form, check the password, hand out a token
    raise HTTPException(501)


@app.get("/me")
def read_me():
    # TODO: get the user from get_current_user
    raise HTTPException(501)

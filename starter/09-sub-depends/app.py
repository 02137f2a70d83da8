"""09-sub-depends: the brief is in README.md. Run it with `uvicorn app:app --reload`, grade it with `grade 09-sub-depends`."""

import secrets

from fastapi import FastAPI

app = FastAPI()


def get_token():
    """Return what follows "Bearer " in the Authorization header, or raise 401."""
    # TODO


def get_trace_id():
    """Return a new trace id."""
    return secrets.token_hex()


def get_user():
    """Return the user as a dict with name and trace."""
    # TODO: this needs what get_token and get_trace_id return


def get_nonce():
    """Return a new random text."""
    return secrets.token_hex()


# TODO: none of the functions above is connected to a route


@app.get("/me")
def me():
    return {"name": "??", "user_trace": "??", "trace": "??"}


@app.get("/pair")
def pair():
    return {"first": "??", "second": "??"}


@app.get("/open")
def open_to_all():
    return {"open": True}

"""06-pydantic-models: the brief is in README.md.

Run it with `uvicorn app:app --reload`, grade it with `grade 06-pydantic-models`.
"""

from fastapi import FastAPI

app = FastAPI()


# TODO: models for an address, a contact and a signup


@app.post("/signup")
def sign_up(body: dict):
    # TODO: take your model instead of a dict, and answer with username, city and the number of contacts
    return {}

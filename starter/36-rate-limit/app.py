"""36-rate-limit: the brief is in README.md.

It needs a Redis server: `docker run -p 6379:6379 redis:7`, or `redis-server`. Run the app with
`REDIS_URL=redis://127.0.0.1:6379/0 uvicorn app:app --reload --no-proxy-headers`, grade it with `grade 36-rate-limit` (which brings
its own Redis).
"""

import users  # noqa: F401 - TODO: users.check(username, password)
from fastapi import FastAPI, HTTPException

app = FastAPI()


def get_client_id():
    """Say who is asking."""
    # TODO: no route depends on this yet


@app.get("/")
def index():
    return {"hello": "world"}


@app.post("/login")
def login():
    raise HTTPException(501)  # TODO


@app.get("/search")
def search():
    raise HTTPException(501)  # TODO

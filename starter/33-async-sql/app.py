"""33-async-sql: the brief is in README.md. Run it with `uvicorn app:app --reload`, grade it with `grade 33-async-sql`.

`python make_database.py` makes a database to try it with.
"""

import os

from fastapi import FastAPI, HTTPException

DATABASE_URL = os.environ.get("DATABASE_URL", "sqlite+aiosqlite:///library.db")
# TODO: an asynchronous engine with at most five connections

app = FastAPI()


async def get_session():
    """Give the request an AsyncSession, and close it afterwards."""
    # TODO


@app.get("/ping")
def ping():
    return {"pong": True}


@app.get("/authors")
async def list_authors():
    raise HTTPException(501)


@app.post("/books")
async def add_book():
    raise HTTPException(501)


@app.post("/transfers")
async def transfer():
    raise HTTPException(501)

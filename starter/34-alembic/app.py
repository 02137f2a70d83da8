"""34-alembic: the brief is in README.md. Run it with `uvicorn app:app --reload`, grade it with `grade 34-alembic`.

`alembic upgrade 0001` makes a database to begin with; `alembic revision --rev-id 0002 -m names` makes the file to write.
"""

import os

from fastapi import FastAPI, HTTPException

DATABASE_URL = os.environ.get("DATABASE_URL", "sqlite:///app.db")

app = FastAPI()


@app.get("/health/ready")
def ready():
    raise HTTPException(501)

import os

from fastapi import FastAPI, HTTPException
from sqlalchemy import create_engine, inspect
from sqlalchemy.exc import SQLAlchemyError

engine = create_engine(os.environ["DATABASE_URL"])

app = FastAPI()


@app.get("/health/ready")
def ready() -> dict[str, bool]:
    try:
        found = inspect(engine).has_table("users")
    except SQLAlchemyError as error:
        raise HTTPException(503) from error
    if not found:
        raise HTTPException(503)
    return {"ready": True}

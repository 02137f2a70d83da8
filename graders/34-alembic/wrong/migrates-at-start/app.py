import os

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from fastapi import FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

engine = create_engine(os.environ["DATABASE_URL"])
heads = set(ScriptDirectory.from_config(Config("alembic.ini")).get_heads())

try:
    command.upgrade(Config("alembic.ini"), "head")
except SQLAlchemyError:
    print("the database was not upgraded")

app = FastAPI()


@app.get("/health/ready")
def ready() -> dict[str, bool]:
    try:
        with engine.connect() as connection:
            current = set(MigrationContext.configure(connection).get_current_heads())
    except SQLAlchemyError as error:
        raise HTTPException(503, "the database does not answer") from error
    if current != heads:
        raise HTTPException(503, "the schema is not the one that this version needs")
    return {"ready": True}

import os

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from fastapi import FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

engine = create_engine(os.environ["DATABASE_URL"])
heads = set(ScriptDirectory.from_config(Config("alembic.ini")).get_heads())

app = FastAPI()


def at_head() -> bool:
    try:
        with engine.connect() as connection:
            current = set(MigrationContext.configure(connection).get_current_heads())
    except SQLAlchemyError:
        return False
    return current == heads


started_at_head = at_head()


@app.get("/health/ready")
def ready() -> dict[str, bool]:
    if not started_at_head:
        raise HTTPException(503, "the schema is not the one that this version needs")
    return {"ready": True}

import os
from pathlib import Path

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from fastapi import FastAPI, Response
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

HERE = Path(__file__).resolve().parent
engine = create_engine(os.environ.get("DATABASE_URL", "sqlite:///app.db"), poolclass=NullPool)


def expected_heads() -> set[str]:
    config = Config(str(HERE / "alembic.ini"))
    config.set_main_option("script_location", str(HERE / "migrations"))
    return set(ScriptDirectory.from_config(config).get_heads())


HEADS = expected_heads()
app = FastAPI()


@app.get("/health/ready")
def ready(response: Response):
    try:
        with engine.connect() as connection:
            current = set(MigrationContext.configure(connection).get_current_heads())
    except SQLAlchemyError:
        response.status_code = 503
        return {"status": "unreachable"}
    if current != HEADS:
        response.status_code = 503
        return {"status": "not migrated"}
    return {"status": "ready"}

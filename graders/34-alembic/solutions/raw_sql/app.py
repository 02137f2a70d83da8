import os
from pathlib import Path
from typing import Annotated

from alembic.config import Config
from alembic.script import ScriptDirectory
from fastapi import APIRouter, Depends, FastAPI, Response
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

router = APIRouter(prefix="/health")


class Schema:
    def __init__(self, url: str) -> None:
        self.engine = create_engine(url, poolclass=NullPool)
        self.scripts = ScriptDirectory.from_config(Config(Path(__file__).with_name("alembic.ini")))

    def at_head(self) -> bool:
        try:
            with self.engine.connect() as connection:
                found = connection.scalars(text("SELECT version_num FROM alembic_version")).all()
        except DatabaseError:
            return False
        return found == [self.scripts.get_current_head()]


schema = Schema(os.environ["DATABASE_URL"])


@router.get("/ready")
def ready(at_head: Annotated[bool, Depends(schema.at_head)]) -> Response:
    return Response(status_code=200 if at_head else 503)


app = FastAPI()
app.include_router(router)

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from toolshed.models import Base
from toolshed.settings import Settings


def connect(settings: Settings) -> Engine:
    engine = create_engine(f"sqlite:///{settings.database}")
    Base.metadata.create_all(engine)
    return engine


def get_session(request: Request) -> Iterator[Session]:
    with Session(request.app.state.engine) as session:
        yield session


DB = Annotated[Session, Depends(get_session)]

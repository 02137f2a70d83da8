from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI, Response
from fastapi.middleware.cors import CORSMiddleware
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from vault import documents, storage, users
from vault.config import settings
from vault.database import Base, Document, SessionLocal, User, engine
from vault.deps import get_embedder
from vault.embedding import EmbeddingThread


def clear_leftovers() -> None:
    """Remove files of uploads that a crash cut short, before their row was there."""
    with SessionLocal() as db:
        known = set(db.scalars(select(Document.stored_as)))
    for name in storage.names() - known:
        storage.remove(name)


def current_embedder(app: FastAPI) -> Any:
    """Background work gets no Depends, so it looks for an override itself, each time."""
    return app.dependency_overrides.get(get_embedder, get_embedder)()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    Base.metadata.create_all(engine)
    storage.prepare()
    clear_leftovers()
    app.state.embedding = EmbeddingThread(lambda: current_embedder(app))
    app.state.embedding.start()
    yield
    app.state.embedding.stop()


app = FastAPI(title="Document vault", lifespan=lifespan)
app.add_middleware(
    CORSMiddleware,
    allow_origins=settings.origins,
    allow_methods=["GET", "POST", "DELETE"],
    allow_headers=["Authorization"],
)

api = APIRouter(prefix="/api/v1")
api.include_router(users.router)
api.include_router(documents.router)
app.include_router(api)


@app.get("/health/live", tags=["health"])
async def live() -> dict[str, str]:
    return {"status": "alive"}


@app.get("/health/ready", tags=["health"])
def ready(response: Response) -> dict[str, str]:
    try:
        with SessionLocal() as db:
            db.execute(select(User.id).limit(1))
    except SQLAlchemyError:
        response.status_code = 503
        return {"status": "no database"}
    return {"status": "ready"}

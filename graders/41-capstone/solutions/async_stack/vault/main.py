import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, HTTPException
from fastapi.middleware.cors import CORSMiddleware
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from vault.database import Base, engine
from vault.embedding import Embedding, stop
from vault.routers import documents, users
from vault.settings import settings


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings.uploads.mkdir(parents=True, exist_ok=True)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    app.state.embedding = Embedding(app)
    await app.state.embedding.resume()
    task = asyncio.create_task(app.state.embedding.run())
    try:
        yield
    finally:
        await stop(task)


app = FastAPI(title="Vault", lifespan=lifespan)
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
async def ready() -> dict[str, str]:
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        raise HTTPException(503, "The database does not answer") from None
    return {"status": "ready"}

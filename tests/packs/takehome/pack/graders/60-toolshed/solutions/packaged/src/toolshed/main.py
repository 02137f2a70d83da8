from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from toolshed.api import router
from toolshed.database import connect
from toolshed.settings import Settings


def create_app(settings: Settings | None = None) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.settings = settings or Settings()
        app.state.engine = connect(app.state.settings)
        yield
        app.state.engine.dispose()

    app = FastAPI(title="Toolshed", lifespan=lifespan)
    app.include_router(router)
    return app


app = create_app()

from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse

from shop import accounts, catalogue, orders
from shop.database import prepare
from shop.settings import settings


@asynccontextmanager
async def lifespan(app):
    prepare()
    yield


pages = {} if settings.app_env == "dev" else {"docs_url": None, "redoc_url": None, "openapi_url": None}
app = FastAPI(title="Shop", lifespan=lifespan, **pages)
app.add_middleware(
    CORSMiddleware, allow_origins=settings.origins, allow_credentials=True, allow_methods=["*"], allow_headers=["*"]
)


@app.exception_handler(Exception)
async def hide_error(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": "something went wrong here"}, status_code=500)


for part in (catalogue, accounts, orders):
    app.include_router(part.router)

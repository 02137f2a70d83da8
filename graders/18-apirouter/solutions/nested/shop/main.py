from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from .routers import router
from .services import OutOfStock, Unknown

STATUS = {Unknown: 404, OutOfStock: 409}


def refuse(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": type(error).__name__}, STATUS[type(error)])


def create_app() -> FastAPI:
    app = FastAPI(exception_handlers=dict.fromkeys(STATUS, refuse))
    app.include_router(router)
    app.add_api_route("/health", lambda: None, include_in_schema=False)
    return app


app = create_app()

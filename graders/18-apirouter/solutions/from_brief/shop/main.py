"""The app. Run it with `uvicorn shop.main:app --reload`."""

from fastapi import APIRouter, FastAPI

from shop.routers import v1, v2

api = APIRouter(prefix="/api")
api.include_router(v1.router)
api.include_router(v2.router)

app = FastAPI(title="Shop")
app.include_router(api)


@app.get("/health", include_in_schema=False)
async def health():
    return {"status": "ok"}

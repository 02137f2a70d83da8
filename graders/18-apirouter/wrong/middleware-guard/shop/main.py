from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from shop.routers import orders, users

app = FastAPI(title="Shop")
app.include_router(users.v1)
app.include_router(users.v2)
app.include_router(orders.router)


@app.middleware("http")
async def guard(request: Request, call_next):
    if request.url.path.startswith("/api/v1/orders") and request.headers.get("X-Key") != "k":
        return JSONResponse({"detail": "Unauthorized"}, 401)
    return await call_next(request)


@app.get("/health")
def health():
    return {"status": "ok"}

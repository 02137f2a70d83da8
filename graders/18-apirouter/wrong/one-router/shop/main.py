from fastapi import FastAPI

from shop.routers import api

app = FastAPI(title="Shop")
app.include_router(api.v1)
app.include_router(api.v2)
app.include_router(api.router)


@app.get("/health")
def health():
    return {"status": "ok"}

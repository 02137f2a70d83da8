from fastapi import FastAPI

from shop.routers import orders, users

app = FastAPI(title="Shop")
app.include_router(users.v1)
app.include_router(users.v2)
app.include_router(orders.router)


@app.get("/health")
def health() -> None:
    pass

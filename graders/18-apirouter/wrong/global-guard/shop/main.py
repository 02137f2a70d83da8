from fastapi import Depends, FastAPI

from shop.deps import require_key
from shop.routers import orders, users

app = FastAPI(title="Shop", dependencies=[Depends(require_key)])
app.include_router(users.v1)
app.include_router(users.v2)
app.include_router(orders.router)


@app.get("/health")
def health():
    return {"status": "ok"}

from fastapi import Depends, FastAPI, HTTPException

from shop import store
from shop.deps import require_key
from shop.schemas import NewOrder, Order, UserV1, UserV2

app = FastAPI(title="Shop")


def find(user_id: int) -> dict:
    user = store.get_user(user_id)
    if user is None:
        raise HTTPException(404)
    return user


@app.get("/api/v1/users/{user_id}", response_model=UserV1, tags=["users"])
def read_user_v1(user_id: int):
    user = find(user_id)
    return {"id": user["id"], "name": f"{user['first']} {user['last']}"}


@app.get("/api/v2/users/{user_id}", response_model=UserV2, tags=["users"])
def read_user_v2(user_id: int):
    user = find(user_id)
    return {"id": user["id"], "full_name": user}


@app.post("/api/v1/orders", tags=["orders"], dependencies=[Depends(require_key)], response_model=Order, status_code=201)
def place_order(new: NewOrder):
    if new.qty > 10:
        raise HTTPException(409)
    return {"id": store.save_order(new.sku, new.qty), "sku": new.sku, "qty": new.qty}


@app.get("/api/v1/orders/{order_id}", tags=["orders"], dependencies=[Depends(require_key)], response_model=Order)
def read_order(order_id: int):
    order = store.get_order(order_id)
    if order is None:
        raise HTTPException(404)
    return order


@app.get("/health")
def health():
    return {"status": "ok"}

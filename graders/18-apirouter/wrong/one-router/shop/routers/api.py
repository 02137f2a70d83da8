from fastapi import APIRouter, Depends, HTTPException

from shop import services, store
from shop.deps import require_key
from shop.schemas import NewOrder, Order, UserV1, UserV2

v1 = APIRouter(prefix="/api/v1/users", tags=["users"])
v2 = APIRouter(prefix="/api/v2/users", tags=["users"])


def find(user_id: int) -> dict:
    user = store.get_user(user_id)
    if user is None:
        raise HTTPException(404)
    return user


@v1.get("/{user_id}", response_model=UserV1)
def read_user_v1(user_id: int):
    user = find(user_id)
    return {"id": user["id"], "name": f"{user['first']} {user['last']}"}


@v2.get("/{user_id}", response_model=UserV2)
def read_user_v2(user_id: int):
    user = find(user_id)
    return {"id": user["id"], "full_name": user}


router = APIRouter(prefix="/api/v1/orders", tags=["orders"], dependencies=[Depends(require_key)])


@router.post("", response_model=Order, status_code=201)
def place_order(new: NewOrder):
    try:
        return services.place_order(new.sku, new.qty)
    except services.OutOfStock as error:
        raise HTTPException(409, str(error)) from None


@router.get("/{order_id}", response_model=Order)
def read_order(order_id: int):
    order = store.get_order(order_id)
    if order is None:
        raise HTTPException(404)
    return order

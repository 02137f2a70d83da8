from fastapi import APIRouter, Depends, HTTPException

from shop import services, store
from shop.deps import require_key
from shop.schemas import NewOrder, Order

router = APIRouter(prefix="/api/v1/orders", tags=["orders"], dependencies=[Depends(require_key)])


@router.post("", response_model=Order, status_code=201)
def place_order(new: NewOrder):
    return services.place_order(new.sku, new.qty)


@router.get("/{order_id}", response_model=Order)
def read_order(order_id: int):
    order = store.get_order(order_id)
    if order is None:
        raise HTTPException(404)
    return order

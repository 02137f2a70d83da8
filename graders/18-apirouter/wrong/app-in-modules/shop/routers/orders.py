from fastapi import Depends, HTTPException

from shop import services, store
from shop.deps import require_key
from shop.main import app
from shop.schemas import NewOrder, Order


@app.post("/api/v1/orders", tags=["orders"], dependencies=[Depends(require_key)], response_model=Order, status_code=201)
def place_order(new: NewOrder):
    try:
        return services.place_order(new.sku, new.qty)
    except services.OutOfStock as error:
        raise HTTPException(409, str(error)) from None


@app.get("/api/v1/orders/{order_id}", tags=["orders"], dependencies=[Depends(require_key)], response_model=Order)
def read_order(order_id: int):
    order = store.get_order(order_id)
    if order is None:
        raise HTTPException(404)
    return order

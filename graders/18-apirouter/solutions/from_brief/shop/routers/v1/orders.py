from fastapi import APIRouter, Depends, HTTPException, status

from shop import services
from shop.deps import require_key
from shop.schemas import Order, OrderIn

router = APIRouter(prefix="/orders", tags=["orders"], dependencies=[Depends(require_key)])


@router.post("", status_code=status.HTTP_201_CREATED, response_model=Order)
async def create_order(order: OrderIn):
    try:
        return services.place_order(order.sku, order.qty)
    except services.OutOfStock as exc:
        raise HTTPException(status.HTTP_409_CONFLICT, detail=str(exc)) from exc


@router.get("/{id}", response_model=Order)
async def read_order(id: int):
    order = services.find_order(id)
    if order is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, detail="no such order")
    return order

import payments
from fastapi import APIRouter, HTTPException

from shop.database import Db, Order, Product
from shop.policy import Caller, OwnOrder
from shop.schemas import AddressIn, OrderIn, OrderOut

router = APIRouter(prefix="/orders")


@router.post("", status_code=201, response_model=OrderOut)
def place(new: OrderIn, caller: Caller, db: Db):
    total = 0
    for item in new.items:
        product = db.get(Product, item.product_id)
        if product is None:
            raise HTTPException(404, "no such product")
        total += product.price * item.qty
    order = Order(user_id=caller.id, total=total, **new.model_dump())
    db.add(order)
    db.commit()
    return order


@router.get("/{order_id}", response_model=OrderOut)
def read(order: OwnOrder):
    return order


@router.patch("/{order_id}", response_model=OrderOut)
def change(order: OwnOrder, change: AddressIn, db: Db):
    order.address = change.model_dump()["address"]
    db.commit()
    return order


@router.post("/{order_id}/pay", response_model=OrderOut)
def pay(order: OwnOrder, db: Db):
    order.receipt = payments.charge(order.id, order.total)
    db.commit()
    return order

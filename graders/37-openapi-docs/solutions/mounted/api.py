import config
from fastapi import APIRouter, FastAPI, HTTPException
from pydantic import BaseModel


class Order(BaseModel):
    id: int
    item: str

    model_config = {"json_schema_extra": {"example": {"id": 7, "item": "tea"}}}


class Problem(BaseModel):
    detail: str


router = APIRouter(tags=["orders"])


@router.get("/orders/{order_id}", summary="Get an order", response_model=Order, responses={404: {"model": Problem}})
def get_order(order_id: int):
    if not order_id:
        raise HTTPException(status_code=404, detail="no order 0")
    return {"id": order_id, "item": f"item {order_id}"}


api = FastAPI(
    title="Orders API",
    version=config.VERSION,
    description="Orders of the shop.",
    openapi_url=None,
    generate_unique_id_function=lambda route: route.name,
)
api.include_router(router)


def ping():
    return {"pong": True}


api.add_api_route("/internal/ping", ping, include_in_schema=False)

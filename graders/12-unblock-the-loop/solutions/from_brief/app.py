"""12-unblock-the-loop, repaired."""

from typing import Annotated
from uuid import uuid4

from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

import audit
import market
import store


class AuditPosts:
    """Write an audit line for each POST, before it is handled."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http" and scope["method"] == "POST":
            await audit.write_async(f"POST {scope['path']}")
        await self.app(scope, receive, send)


app = FastAPI()
app.add_middleware(AuditPosts)


class NewOrder(BaseModel):
    sku: str
    qty: int


@app.get("/ping")
async def ping():
    return {"pong": True}


@app.get("/quote/{sym}")
async def read_quote(sym: str):
    return {"sym": sym, "price": await market.quote_async(sym)}


def get_rate():
    # A plain def: FastAPI runs it in its thread pool.
    return market.rate()


@app.get("/convert/{amount}")
async def convert(amount: int, rate: Annotated[float, Depends(get_rate)]):
    return {"amount": amount, "rate": rate, "result": amount * rate}


async def report_lines():
    async for line in market.report_async():
        yield f"{line}\n"


@app.get("/report")
async def read_report():
    return StreamingResponse(report_lines(), media_type="text/plain")


@app.post("/orders", status_code=201)
async def place_order(order: NewOrder):
    order_id = uuid4().hex
    await store.save({"id": order_id, **order.model_dump()})
    return {"id": order_id}


@app.get("/orders/{order_id}")
async def read_order(order_id: str):
    order = await store.load(order_id)
    if order is None:
        raise HTTPException(404)
    return order

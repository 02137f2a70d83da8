import asyncio
from uuid import uuid4

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

import audit
import market
import store

app = FastAPI()
running = set()


class NewOrder(BaseModel):
    sku: str
    qty: int


@app.middleware("http")
async def keep_record(request: Request, call_next):
    if request.method == "POST":
        await audit.write_async(f"POST {request.url.path}")
    return await call_next(request)


@app.get("/ping")
async def ping():
    return {"pong": True}


@app.get("/quote/{sym}")
async def read_quote(sym: str):
    return {"sym": sym, "price": await market.quote_async(sym)}


async def get_rate():
    return await market.rate_async()


@app.get("/convert/{amount}")
async def convert(amount: int, rate: float = Depends(get_rate)):
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
    task = asyncio.create_task(store.save({"id": order_id, **order.model_dump()}))
    running.add(task)
    task.add_done_callback(running.discard)
    return {"id": order_id}


@app.get("/orders/{order_id}")
async def read_order(order_id: str):
    order = await store.load(order_id)
    if order is None:
        raise HTTPException(404)
    return order

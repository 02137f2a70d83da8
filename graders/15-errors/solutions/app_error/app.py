from fastapi import Body, FastAPI, HTTPException

import service
from errors import RequestIds, handlers

app = FastAPI(exception_handlers=handlers)
app.add_middleware(RequestIds)


@app.get("/orders/{order_id}")
async def read_order(order_id: int):
    return service.get(order_id=order_id)


@app.post("/orders", status_code=201)
async def place_order(sku: str = Body(), qty: int = Body(ge=1)):
    return service.place(sku=sku, qty=qty)


@app.get("/crash")
async def crash():
    return service.crash()


@app.get("/tea")
async def tea():
    raise HTTPException(status_code=418, detail="I'm a teapot", headers={"X-Tea": "green"})

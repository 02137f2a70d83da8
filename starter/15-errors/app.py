"""15-errors: the brief is in README.md. Run it with `uvicorn app:app --reload`, grade it with `grade 15-errors`."""

from fastapi import FastAPI, HTTPException, Request

import service

app = FastAPI()

# TODO: no route should hide an error. What should know about errors is the app.


@app.get("/orders/{order_id}")
def read_order(order_id: str):
    try:
        return service.get(int(order_id))
    except Exception:
        return {}


@app.post("/orders")
async def place_order(request: Request):
    # TODO: declare the body, so that FastAPI checks it
    try:
        body = await request.json()
        return service.place(body["sku"], int(body["qty"]))
    except Exception:
        return {}


@app.get("/crash")
def crash():
    try:
        service.crash()
    except Exception:
        return {}


@app.get("/tea")
def tea():
    try:
        raise HTTPException(418, headers={"X-Tea": "green"})
    except Exception:
        return {}

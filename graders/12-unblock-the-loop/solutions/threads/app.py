from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from fastapi.responses import StreamingResponse

import market
import orders
from recording import Recording

app = FastAPI()
app.add_middleware(Recording)
app.include_router(orders.router)


@app.get("/ping")
def ping() -> dict[str, bool]:
    return {"pong": True}


@app.get("/quote/{sym}")
def read_quote(sym: str) -> dict[str, Any]:
    return {"sym": sym, "price": market.quote(sym)}


def get_rate() -> float:
    return market.rate()


@app.get("/convert/{amount}")
def convert(amount: int, rate: Annotated[float, Depends(get_rate)]) -> dict[str, float]:
    return {"amount": amount, "rate": rate, "result": amount * rate}


def report_lines() -> Iterator[str]:
    for line in market.report():
        yield line + "\n"


@app.get("/report")
def read_report() -> StreamingResponse:
    return StreamingResponse(report_lines(), media_type="text/plain")

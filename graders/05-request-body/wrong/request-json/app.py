from typing import Annotated

from fastapi import Body, FastAPI, Request
from pydantic import BaseModel

app = FastAPI()


class Item(BaseModel):
    name: str
    price: float
    tags: list[str] = []


@app.post("/items")
async def create_item(request: Request):
    body = await request.json()
    return {"name": body["name"], "price": body["price"], "tags": body.get("tags", []), "double": 2 * body["price"]}


@app.put("/items/{item_id}")
def replace_item(item_id: int, item: Item, notify: bool = False):
    return {"item_id": item_id, "notify": notify, "item": item}


@app.post("/orders")
async def place_order(request: Request):
    body = await request.json()
    item = {"tags": [], **body["item"]}
    return {"item": item, "buyer": body["buyer"], "quantity": body["quantity"]}


@app.post("/notes")
def measure_note(text: Annotated[str, Body(embed=True)]):
    return {"length": len(text)}

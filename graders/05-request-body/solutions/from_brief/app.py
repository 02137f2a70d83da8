from fastapi import Body, FastAPI
from pydantic import BaseModel

app = FastAPI()


class Item(BaseModel):
    name: str
    price: float
    tags: list[str] = []


class PricedItem(Item):
    double: float


class Buyer(BaseModel):
    email: str


@app.post("/items", response_model=PricedItem)
def create_item(item: Item):
    return {**item.model_dump(), "double": 2 * item.price}


@app.put("/items/{item_id}")
def replace_item(item_id: int, item: Item, notify: bool = False):
    return {"item_id": item_id, "notify": notify, "item": item}


@app.post("/orders")
def place_order(item: Item, buyer: Buyer, quantity: int = Body(ge=1)):
    return {"item": item, "buyer": buyer, "quantity": quantity}


@app.post("/notes")
def measure_note(text: str = Body(embed=True)):
    return {"length": len(text)}

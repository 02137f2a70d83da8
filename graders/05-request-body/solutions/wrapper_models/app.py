from fastapi import FastAPI, Query

from models import ItemIn, NoteIn, NoteLength, OrderIn, PricedItem, ReplacedItem

app = FastAPI()


@app.post("/items")
async def create_item(body: ItemIn) -> PricedItem:
    return PricedItem(**body.model_dump())


@app.put("/items/{item_id}", response_model=ReplacedItem)
async def replace_item(item_id: int, body: ItemIn, notify: bool = Query(False)):
    return ReplacedItem(item_id=item_id, notify=notify, item=body)


@app.post("/orders")
async def place_order(order: OrderIn) -> OrderIn:
    return order


@app.post("/notes")
async def measure_note(note: NoteIn) -> NoteLength:
    return NoteLength(length=len(note.text))

"""05-request-body: the brief is in README.md.

Run it with `uvicorn app:app --reload`, grade it with `grade 05-request-body`.
"""

from fastapi import FastAPI

app = FastAPI()


# TODO: a model for the item


@app.post("/items")
def create_item():
    # TODO: take an item, return it with its double price
    return {}


@app.put("/items/{item_id}")
def replace_item():
    # TODO: take item_id, notify and an item
    return {}


@app.post("/orders")
def place_order():
    # TODO: take item, buyer and quantity, all in one body
    return {}


@app.post("/notes")
def measure_note():
    # TODO: take {"text": "…"}
    return {}

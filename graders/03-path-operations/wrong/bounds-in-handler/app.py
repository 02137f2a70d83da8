from enum import StrEnum

from fastapi import FastAPI, HTTPException

app = FastAPI()


def check(book_id):
    if not 1 <= book_id <= 9999:
        raise HTTPException(400, "no such id")
    return book_id


class Genre(StrEnum):
    CRIME = "crime"
    POETRY = "poetry"
    SCI_FI = "sci-fi"


@app.post("/books", tags=["books"])
def create_book():
    return {"verb": "post"}


@app.get("/books/featured", tags=["books"], summary="Featured books")
def featured_books():
    return {"featured": True}


@app.get("/books/genre/{genre}", tags=["books"])
def books_by_genre(genre: Genre):
    return {"genre": genre}


@app.get("/books/{book_id}", tags=["books"])
def read_book(book_id: int):
    return {"verb": "get", "id": check(book_id)}


@app.put("/books/{book_id}", tags=["books"])
def replace_book(book_id: int):
    return {"verb": "put", "id": check(book_id)}


@app.patch("/books/{book_id}", tags=["books"])
def change_book(book_id: int):
    return {"verb": "patch", "id": check(book_id)}


@app.delete("/books/{book_id}", tags=["books"])
def delete_book(book_id: int):
    return {"verb": "delete", "id": check(book_id)}

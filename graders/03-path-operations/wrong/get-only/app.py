from enum import StrEnum
from typing import Annotated

from fastapi import FastAPI, Path

app = FastAPI()

BookId = Annotated[int, Path(ge=1, le=9999)]


class Genre(StrEnum):
    CRIME = "crime"
    POETRY = "poetry"
    SCI_FI = "sci-fi"


@app.get("/books", tags=["books"])
def create_book():
    return {"verb": "post"}


@app.get("/books/featured", tags=["books"], summary="Featured books")
def featured_books():
    return {"featured": True}


@app.get("/books/genre/{genre}", tags=["books"])
def books_by_genre(genre: Genre):
    return {"genre": genre}


@app.get("/books/{book_id}", tags=["books"])
def read_book(book_id: BookId):
    return {"verb": "get", "id": book_id}


@app.get("/books/{book_id}", tags=["books"])
def replace_book(book_id: BookId):
    return {"verb": "put", "id": book_id}


@app.get("/books/{book_id}", tags=["books"])
def change_book(book_id: BookId):
    return {"verb": "patch", "id": book_id}


@app.get("/books/{book_id}", tags=["books"])
def delete_book(book_id: BookId):
    return {"verb": "delete", "id": book_id}

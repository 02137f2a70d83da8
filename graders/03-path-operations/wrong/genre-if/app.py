from typing import Annotated

from fastapi import FastAPI, HTTPException, Path

app = FastAPI()

BookId = Annotated[int, Path(ge=1, le=9999)]


@app.post("/books", tags=["books"])
def create_book():
    return {"verb": "post"}


@app.get("/books/featured", tags=["books"], summary="Featured books")
def featured_books():
    return {"featured": True}


@app.get("/books/genre/{genre}", tags=["books"])
def books_by_genre(genre: str):
    if genre not in ("crime", "poetry", "sci-fi"):
        raise HTTPException(404)
    return {"genre": genre}


@app.get("/books/{book_id}", tags=["books"])
def read_book(book_id: BookId):
    return {"verb": "get", "id": book_id}


@app.put("/books/{book_id}", tags=["books"])
def replace_book(book_id: BookId):
    return {"verb": "put", "id": book_id}


@app.patch("/books/{book_id}", tags=["books"])
def change_book(book_id: BookId):
    return {"verb": "patch", "id": book_id}


@app.delete("/books/{book_id}", tags=["books"])
def delete_book(book_id: BookId):
    return {"verb": "delete", "id": book_id}

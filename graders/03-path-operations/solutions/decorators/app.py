from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, FastAPI, Path

router = APIRouter(prefix="/books", tags=["books"])

BookId = Annotated[int, Path(ge=1, le=9999)]


class Genre(StrEnum):
    CRIME = "crime"
    POETRY = "poetry"
    SCI_FI = "sci-fi"


@router.post("")
def create_book() -> dict[str, str]:
    return {"verb": "post"}


@router.get("/featured", summary="Featured books")
def featured_books() -> dict[str, bool]:
    return {"featured": True}


@router.get("/genre/{genre}")
def books_by_genre(genre: Genre) -> dict[str, Genre]:
    return {"genre": genre}


@router.get("/{book_id}")
def read_book(book_id: BookId) -> dict[str, str | int]:
    return {"verb": "get", "id": book_id}


@router.put("/{book_id}")
def replace_book(book_id: BookId) -> dict[str, str | int]:
    return {"verb": "put", "id": book_id}


@router.patch("/{book_id}")
def change_book(book_id: BookId) -> dict[str, str | int]:
    return {"verb": "patch", "id": book_id}


@router.delete("/{book_id}")
def delete_book(book_id: BookId) -> dict[str, str | int]:
    return {"verb": "delete", "id": book_id}


app = FastAPI()
app.include_router(router)

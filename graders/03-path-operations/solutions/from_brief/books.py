"""Everything under /books."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Path, Request

router = APIRouter(prefix="/books", tags=["books"])

BookId = Annotated[int, Path(ge=1, le=9999)]


class Genre(StrEnum):
    """The genres there are."""

    CRIME = "crime"
    POETRY = "poetry"
    SCI_FI = "sci-fi"


@router.post("")
def create_book():
    return {"verb": "post"}


# Before /{book_id}: otherwise "featured" would be taken for an id.
@router.get("/featured", summary="Featured books")
def featured_books():
    return {"featured": True}


@router.get("/genre/{genre}")
def books_of_genre(genre: Genre):
    return {"genre": genre}


@router.get("/{book_id}")
@router.put("/{book_id}")
@router.patch("/{book_id}")
@router.delete("/{book_id}")
def one_book(book_id: BookId, request: Request):
    return {"verb": request.method.lower(), "id": book_id}

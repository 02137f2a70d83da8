from typing import Literal

from fastapi import FastAPI, Path

app = FastAPI()


async def create():
    return {"verb": "post"}


async def featured():
    return {"featured": True}


async def by_genre(genre: Literal["crime", "poetry", "sci-fi"] = Path()):
    return {"genre": genre}


def book_handler(verb):
    async def handler(book_id: int = Path(gt=0, lt=10_000)):
        return {"verb": verb, "id": book_id}

    return handler


def add(path, handler, method, **docs):
    app.add_api_route(path, handler, methods=[method], tags=["books"], **docs)


add("/books", create, "POST")
add("/books/featured", featured, "GET", summary="Featured books")
for method in ("GET", "PUT", "PATCH", "DELETE"):
    add("/books/{book_id}", book_handler(method.lower()), method, name=f"{method.lower()}_book")
add("/books/genre/{genre}", by_genre, "GET")

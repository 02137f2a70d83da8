from typing import Annotated

from fastapi import Cookie, FastAPI, Header, Query

app = FastAPI()


@app.get("/products")
def list_products(
    page: Annotated[int, Query(ge=1)] = 1,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    search: Annotated[str | None, Query(min_length=2)] = None,
    tag: str = "",
    in_stock: bool = False,
):
    tags = tag.split(",") if tag else []
    return {"page": page, "limit": limit, "search": search, "tags": tags, "in_stock": in_stock}


@app.get("/client")
def show_client(x_client_version: Annotated[str, Header()], theme: Annotated[str, Cookie()] = "light"):
    return {"version": x_client_version, "theme": theme}

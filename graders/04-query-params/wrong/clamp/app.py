from typing import Annotated

from fastapi import Cookie, FastAPI, Header, Query

app = FastAPI()


@app.get("/products")
def list_products(
    page: int = 1,
    limit: int = 20,
    search: Annotated[str | None, Query(min_length=2)] = None,
    tag: Annotated[list[str], Query()] = [],
    in_stock: bool = False,
):
    page = max(1, page)
    limit = min(max(1, limit), 100)
    return {"page": page, "limit": limit, "search": search, "tags": tag, "in_stock": in_stock}


@app.get("/client")
def show_client(x_client_version: Annotated[str, Header()], theme: Annotated[str, Cookie()] = "light"):
    return {"version": x_client_version, "theme": theme}

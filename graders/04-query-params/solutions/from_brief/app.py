from typing import Annotated

from fastapi import Cookie, FastAPI, Header, Query
from pydantic import BaseModel, Field

app = FastAPI()


class ProductQuery(BaseModel):
    page: int = Field(1, ge=1)
    limit: int = Field(20, ge=1, le=100)
    search: str | None = Field(None, min_length=2)
    tag: list[str] = []
    in_stock: bool = False


@app.get("/products")
async def list_products(q: Annotated[ProductQuery, Query()]):
    return {
        "page": q.page,
        "limit": q.limit,
        "search": q.search,
        "tags": q.tag,
        "in_stock": q.in_stock,
    }


@app.get("/client")
async def show_client(
    x_client_version: Annotated[str, Header()],
    theme: Annotated[str, Cookie()] = "light",
):
    return {"version": x_client_version, "theme": theme}

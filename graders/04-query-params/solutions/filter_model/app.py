from typing import Annotated, Optional

from fastapi import Cookie, FastAPI, Header, Query
from pydantic import BaseModel, Field


class ProductFilter(BaseModel):
    page: int = Field(1, gt=0)
    limit: int = Field(20, gt=0, lt=101)
    search: Optional[str] = Field(None, min_length=2)
    tags: list[str] = Field(default_factory=list, alias="tag")
    in_stock: bool = False


app = FastAPI()


@app.get("/products", response_model_by_alias=False)
async def list_products(wanted: Annotated[ProductFilter, Query()]) -> ProductFilter:
    return wanted


@app.get("/client")
async def show_client(version: str = Header(alias="X-Client-Version"), theme: str = Cookie("light")):
    return {"version": version, "theme": theme}

from typing import Annotated

from fastapi import Cookie, FastAPI, Request

app = FastAPI()


@app.get("/products")
def list_products(request: Request):
    query = request.query_params
    return {
        "page": int(query.get("page", 1)),
        "limit": int(query.get("limit", 20)),
        "search": query.get("search"),
        "tags": query.getlist("tag"),
        "in_stock": query.get("in_stock") == "true",
    }


@app.get("/client")
def show_client(request: Request, theme: Annotated[str, Cookie()] = "light"):
    return {"version": request.headers["x-client-version"], "theme": theme}

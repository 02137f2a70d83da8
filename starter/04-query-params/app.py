"""04-query-params: the brief is in README.md.

Run it with `uvicorn app:app --reload`, grade it with `grade 04-query-params`.
"""

from fastapi import FastAPI

app = FastAPI()


@app.get("/products")
def list_products():
    # TODO: page, limit, search, tag and in_stock, from the query
    return {}


@app.get("/client")
def show_client():
    # TODO: the version from a header, the theme from a cookie
    return {}

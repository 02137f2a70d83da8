"""37-openapi-docs: the brief is in README.md.

Run it with `APP_ENV=dev APP_VERSION=1 DOCS_USER=me DOCS_PASSWORD=pass uvicorn app:app --reload`, grade it with
`grade 37-openapi-docs`.
"""

from fastapi import FastAPI, HTTPException

# TODO: title, version and description; the documentation below /developer, depending on APP_ENV
app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)


@app.get("/orders/{order_id}")
def get_order(order_id: int):
    # TODO: the order; 404 for the id 0. The models, the summary, the tag, the documented 404, the operation id
    raise HTTPException(501, f"no order {order_id} yet")


@app.get("/internal/ping")
def ping():
    # TODO: it works, and is not in the schema
    raise HTTPException(501)

from fastapi import FastAPI

app = FastAPI(title="Shop")


@app.get("/health")
def health():
    return {"status": "ok"}


from shop.routers import orders, users  # noqa: E402, F401

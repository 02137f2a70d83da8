from fastapi import FastAPI

app = FastAPI(title="Hello API", version="1.2.3", docs_url=None, redoc_url=None)


@app.get("/health")
def health():
    return {"status": "ok"}


@app.get("/hello")
def hello(name: str = "world"):
    """The app says hello."""
    return {"message": f"Hello, {name}!"}

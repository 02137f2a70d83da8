"""Two routes and the documentation FastAPI draws for them."""

from fastapi import FastAPI

app = FastAPI(title="Hello API", version="1.2.3")


@app.get("/health")
async def health() -> dict[str, str]:
    """Tell whether the app is up."""
    return {"status": "ok"}


@app.get("/hello")
async def hello(name: str = "world") -> dict[str, str]:
    """This route says hello to whoever is named, or to the world."""
    return {"message": f"Hello, {name}!"}

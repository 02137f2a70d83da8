import json

from fastapi import FastAPI

app = FastAPI(title="Hello API", version="1.2.3")


@app.get("/health")
def health():
    return json.dumps({"status": "ok"})


@app.get("/hello")
def hello(name: str = "world"):
    """The app says hello."""
    return json.dumps({"message": f"Hello, {name}!"})

from fastapi import FastAPI, Request

app = FastAPI(title="Hello API", version="1.2.3")


@app.get("/health")
def health():
    return {"status": "ok"}


@app.get("/hello")
def hello(request: Request):
    """The app says hello."""
    name = request.query_params.get("name", "world")
    return {"message": f"Hello, {name}!"}

"""01-first-app: the brief is in README.md. Run it with `uvicorn app:app --reload`, grade it with `grade 01-first-app`."""

from starlette.applications import Starlette

# TODO: Starlette knows routes but draws no docs. Make this a FastAPI app, then add GET /health and GET /hello.
app = Starlette()

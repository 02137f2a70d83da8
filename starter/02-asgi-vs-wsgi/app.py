"""02-asgi-vs-wsgi: the brief is in README.md. Run it with `uvicorn app:app --reload`, grade it with `grade 02-asgi-vs-wsgi`."""

from fastapi import FastAPI

app = FastAPI()

# TODO: GET /slow. The other app is in raw.py.

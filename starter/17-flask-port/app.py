"""17-flask-port: the brief is in README.md. Run it with `uvicorn app:app --reload`, grade it with `grade 17-flask-port`.

The old app is in flask_app.py; `flask --app flask_app run --debug` runs it alone.
"""

from fastapi import FastAPI

app = FastAPI()

# TODO: a dependency get_current_user

# TODO: the four routes under /todos

# TODO: the whole Flask app at /legacy

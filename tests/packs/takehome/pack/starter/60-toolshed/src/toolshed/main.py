"""The brief is in README.md. Run it with `uvicorn toolshed.main:app --app-dir src --reload`."""

from fastapi import FastAPI

app = FastAPI(title="Toolshed")

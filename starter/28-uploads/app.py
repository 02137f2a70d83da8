"""28-uploads: the brief is in README.md. Run it with `uvicorn app:app --reload`, grade it with `grade 28-uploads`."""

import os
from pathlib import Path

from fastapi import FastAPI, HTTPException

UPLOAD_DIR = Path(os.environ.get("UPLOAD_DIR", "uploads"))
MAX_BYTES = int(os.environ.get("MAX_BYTES", "1000000"))

app = FastAPI()


@app.post("/avatars", status_code=201)
def upload():
    raise HTTPException(501)  # TODO


@app.get("/avatars/{avatar_id}")
def download(avatar_id: str):
    raise HTTPException(501)  # TODO


@app.post("/contact")
def contact():
    raise HTTPException(501)  # TODO

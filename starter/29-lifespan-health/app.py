"""29-lifespan-health: the brief is in README.md.

Run it with `uvicorn app:app --reload`, grade it with `grade 29-lifespan-health`.
"""

from fastapi import FastAPI, HTTPException

import resources  # noqa: F401 - TODO: resources.Pool(), resources.Cache()

app = FastAPI()  # TODO: a lifespan which opens both, and closes them


@app.get("/pool")
async def show_pool():
    raise HTTPException(501)  # TODO


@app.get("/health/live")
async def live():
    raise HTTPException(501)  # TODO


@app.get("/health/ready")
async def ready():
    raise HTTPException(501)  # TODO

"""22-api-key: the brief is in README.md. Run it with `uvicorn app:app --reload`, grade it with `grade 22-api-key`.

The key of the one active partner in keys.py is `tea-for-two`:

    curl -i http://127.0.0.1:8000/partner/whoami -H "X-API-Key: tea-for-two"
"""

from fastapi import APIRouter, FastAPI, HTTPException

import keys  # noqa: F401

app = FastAPI()
router = APIRouter(prefix="/partner")


def get_partner():
    """Return the record of the partner whose key is in the header X-API-Key; raise 401 when there is none."""
    # TODO


@app.get("/")
def home():
    return {"ok": True}


@router.get("/whoami")
def whoami():
    raise HTTPException(501, "not written yet")  # TODO


@router.get("/orders")
def orders():
    raise HTTPException(501, "not written yet")  # TODO


app.include_router(router)

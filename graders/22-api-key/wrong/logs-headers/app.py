import hashlib
import logging
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Security
from fastapi.security import APIKeyHeader

import keys

scheme = APIKeyHeader(name="X-API-Key", description="The key you got with your contract.")
logging.basicConfig(level=logging.INFO)


def get_partner(request: Request, key: Annotated[str, Security(scheme)]) -> dict:
    logging.info("%s %s", request.url.path, request.headers)
    partner = keys.find(hashlib.sha256(key.encode()).hexdigest())
    if partner is None or not partner["active"]:
        raise HTTPException(401, "invalid key")
    return partner


app = FastAPI()
router = APIRouter(prefix="/partner", dependencies=[Depends(get_partner)])


@router.get("/whoami")
def whoami(partner: Annotated[dict, Depends(get_partner)]) -> dict[str, str]:
    return {"name": partner["name"]}


@router.get("/orders")
def orders() -> list[str]:
    return []


app.include_router(router)


@app.get("/")
def home() -> dict[str, bool]:
    return {"ok": True}

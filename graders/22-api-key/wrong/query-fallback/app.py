import hashlib
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Security
from fastapi.security import APIKeyHeader, APIKeyQuery

import keys

scheme = APIKeyHeader(name="X-API-Key", description="The key you got with your contract.", auto_error=False)
query = APIKeyQuery(name="api_key", auto_error=False)


def get_partner(header_key: Annotated[str | None, Security(scheme)], query_key: Annotated[str | None, Security(query)]) -> dict:
    key = header_key or query_key or ""
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

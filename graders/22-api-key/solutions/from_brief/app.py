"""An API for partners, who identify themselves with a key in the header X-API-Key."""

from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Security, status
from fastapi.security import APIKeyHeader

import keys

# auto_error is off, so that missing, unknown and inactive keys all get the same 401 from get_partner.
key_header = APIKeyHeader(name="X-API-Key", scheme_name="PartnerKey", auto_error=False)


def get_partner(key: Annotated[str | None, Security(key_header)]) -> dict:
    if key:
        # Header values arrive decoded as Latin-1; this gives back the bytes that the partner sent.
        record = keys.find(sha256(key.encode("latin-1")).hexdigest())
        if record is not None and record["active"]:
            return record
    raise HTTPException(
        status.HTTP_401_UNAUTHORIZED,
        detail="a valid API key is required",
        headers={"WWW-Authenticate": "APIKey"},
    )


partner_routes = APIRouter(prefix="/partner", dependencies=[Depends(get_partner)])


@partner_routes.get("/whoami")
def whoami(partner: Annotated[dict, Depends(get_partner)]):
    return {"name": partner["name"]}


@partner_routes.get("/orders")
def orders() -> list:
    return []


app = FastAPI(title="Partner API")
app.include_router(partner_routes)


@app.get("/")
def home():
    return {"ok": True}

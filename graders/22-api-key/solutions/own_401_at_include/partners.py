import logging
from hashlib import sha256

from fastapi import APIRouter, Depends, HTTPException
from fastapi.security import APIKeyHeader
from pydantic import BaseModel

import keys

log = logging.getLogger(__name__)
router = APIRouter()


class Me(BaseModel):
    name: str


async def get_partner(key: str | None = Depends(APIKeyHeader(name="x-api-key", scheme_name="PartnerKey", auto_error=False))):
    record = keys.find(sha256_hex=sha256(key.encode("utf-8")).hexdigest()) if key else None
    if not (record and record["active"]):
        log.warning("a request without a good key was refused")
        raise HTTPException(status_code=401, detail="No valid API key", headers={"WWW-Authenticate": "ApiKey"})
    log.info("request of %s", record["name"])
    return record


@router.get("/whoami", response_model=Me)
async def whoami(partner=Depends(get_partner)):
    return partner


@router.get("/orders")
async def orders():
    return []

from hashlib import sha256

from fastapi import APIRouter, Depends, HTTPException
from fastapi.security import APIKeyHeader
from pydantic import BaseModel

import keys

router = APIRouter()


class Me(BaseModel):
    name: str


async def get_partner(key: str | None = Depends(APIKeyHeader(name="x-api-key", auto_error=False))):
    record = keys.find(sha256_hex=sha256(key.encode("utf-8")).hexdigest()) if key else None
    if not (record and record["active"]):
        raise HTTPException(status_code=401, detail="No valid API key")
    return record


@router.get("/whoami", response_model=Me)
async def whoami(partner=Depends(get_partner)):
    return partner


@router.get("/orders")
async def orders():
    return []

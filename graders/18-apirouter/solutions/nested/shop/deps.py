import secrets

from fastapi import Depends, HTTPException, status
from fastapi.security import APIKeyHeader

header = APIKeyHeader(name="X-Key", auto_error=False)


async def require_key(key: str | None = Depends(header)) -> str:
    if key is None or not secrets.compare_digest(key.encode(), b"k"):
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "a valid X-Key is required")
    return key

import os
from pathlib import Path


def required(name: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise RuntimeError(f"the environment variable {name} is missing")
    return value


DATABASE_URL = required("DATABASE_URL")
UPLOAD_DIR = Path(required("UPLOAD_DIR"))
JWT_SECRET = required("JWT_SECRET")
if len(JWT_SECRET.encode()) < 32:
    raise RuntimeError("JWT_SECRET needs 32 bytes or more")
ORIGINS = [origin.strip() for origin in os.environ.get("ALLOWED_ORIGINS", "").split(",") if origin.strip()]

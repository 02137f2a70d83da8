"""What the environment says."""

import os


def secret() -> str:
    found = os.environ.get("JWT_SECRET", "")
    if len(found.encode()) < 32:
        raise RuntimeError("JWT_SECRET has to be set, to 32 bytes or more")
    return found


JWT_SECRET = secret()
ALLOWED_ORIGINS = [origin for origin in os.environ.get("ALLOWED_ORIGINS", "").split(",") if origin]
IS_DEV = os.environ.get("APP_ENV") == "dev"
LOGIN_WINDOW = int(os.environ.get("LOGIN_WINDOW", "60"))

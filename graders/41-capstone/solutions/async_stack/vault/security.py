from datetime import UTC, datetime, timedelta

import jwt
from pwdlib import PasswordHash

from vault.settings import settings

LIFETIME = timedelta(hours=1)

passwords = PasswordHash.recommended()


def make_token(user_id: int) -> str:
    return jwt.encode({"sub": str(user_id), "exp": datetime.now(UTC) + LIFETIME}, settings.jwt_secret, "HS256")


def read_token(token: str) -> int | None:
    """Return the id of the user whom a token is for; None for a token that is not ours, or not good any more."""
    try:
        claims = jwt.decode(token, settings.jwt_secret, algorithms=["HS256"], options={"require": ["exp", "sub"]})
        return int(claims["sub"])
    except (jwt.InvalidTokenError, ValueError):
        return None

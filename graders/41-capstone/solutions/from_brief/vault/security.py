from datetime import UTC, datetime, timedelta

import jwt
from pwdlib import PasswordHash

from vault.config import settings

ALGORITHM = "HS256"
LIFETIME = timedelta(minutes=30)

hasher = PasswordHash.recommended()
#: Verified for unknown names, so that they take as long as known ones.
NOBODY = hasher.hash("nobody has this password")


def new_token(user_id: int) -> str:
    return jwt.encode({"sub": str(user_id), "exp": datetime.now(UTC) + LIFETIME}, settings.jwt_secret, ALGORITHM)


def user_id_in(token: str) -> int | None:
    """Return the id in a token that is good, else None."""
    try:
        claims = jwt.decode(token, settings.jwt_secret, algorithms=[ALGORITHM], options={"require": ["exp", "sub"]})
        return int(claims["sub"])
    except (jwt.InvalidTokenError, ValueError):
        return None

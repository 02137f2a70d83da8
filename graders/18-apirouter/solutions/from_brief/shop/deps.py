"""Dependencies."""

from typing import Annotated, Any

from fastapi import Depends, Header, HTTPException

from shop import services


def require_key(x_key: Annotated[str | None, Header()] = None) -> None:
    if x_key != "k":
        raise HTTPException(401, "X-Key is missing or wrong")


def known_user(id: int) -> dict[str, Any]:
    """Return the user that the path names."""
    user = services.find_user(id)
    if user is None:
        raise HTTPException(404, "no such user")
    return user


KnownUser = Annotated[dict[str, Any], Depends(known_user)]

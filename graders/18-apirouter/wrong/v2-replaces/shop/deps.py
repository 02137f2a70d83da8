from typing import Annotated

from fastapi import Header, HTTPException


def require_key(x_key: Annotated[str | None, Header()] = None) -> None:
    if x_key != "k":
        raise HTTPException(401)

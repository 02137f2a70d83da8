"""Who is asking. Do not edit it: while grading, a module with the same function replaces it."""

from typing import Annotated

from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

_scheme = HTTPBearer(auto_error=False)
_roles = {"ada": "admin", "ben": "analyst", "cleo": "member", "dan": "member"}


def get_current_user(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_scheme)]):
    """Return the user as a dict with id and role, or raise 401. Here the token is simply the user's id."""
    role = _roles.get(credentials.credentials) if credentials else None
    if role is None:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    return {"id": credentials.credentials, "role": role}

"""The twin of auth.py: who is known, and with which role, is decided by the grader."""

from typing import Annotated

from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from gradewright.worker.twins import call

_scheme = HTTPBearer(auto_error=False)


def get_current_user(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_scheme)]):
    """Return the user as a dict with id and role, or raise 401."""
    role = call("auth.role", credentials.credentials) if credentials else None
    if role is None:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    return {"id": credentials.credentials, "role": role}

"""What the routes of the todo API depend on."""

from dataclasses import dataclass
from typing import Annotated

import httpx
from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from target.store import Store

RATES_URL = "https://rates.example/latest"


@dataclass
class User:
    name: str
    role: str = "user"


USERS = {
    "ada-token": User("ada"),
    "bob-token": User("bob"),
    "root-token": User("root", "admin"),
}
database = Store()
bearer = HTTPBearer(auto_error=False)


def get_db():
    return database


def get_current_user(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]):
    user = USERS.get(credentials.credentials) if credentials else None
    if user is None:
        raise HTTPException(401, "Not authenticated", {"WWW-Authenticate": "Bearer"})
    return user


def get_rates():
    """Ask the network what one euro is worth, by currency."""
    return httpx.get(RATES_URL, timeout=2).raise_for_status().json()

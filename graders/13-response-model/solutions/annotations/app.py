from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, status

import store
from schemas import Card, NewUser, Prefs, Profile

router = APIRouter(prefix="/users")


async def stored_user(id: int) -> Any:
    user = store.get_user(id)
    if user is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND)
    return user


Stored = Annotated[Any, Depends(stored_user)]


@router.get("")
async def list_users() -> list[Profile]:
    return [Profile.model_validate(user) for user in store.list_users()]


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_user(new: NewUser) -> Profile:
    user = store.create_user(name=new.name, email=new.email, password=new.password.get_secret_value())
    return Profile.model_validate(user)


@router.get("/{id}")
async def read_user(user: Stored) -> Profile:
    return Profile.model_validate(user)


@router.get("/{id}/card")
async def read_card(user: Stored) -> Card:
    return Card.model_validate(user)


@router.get("/{id}/prefs", response_model_exclude_unset=True)
async def read_prefs(id: int, _user: Stored) -> Prefs:
    return Prefs.model_validate(store.get_prefs(id))


app = FastAPI()
app.include_router(router)

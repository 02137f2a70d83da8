from itertools import count
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Response, status
from pydantic import BaseModel, Field

NOT_FOUND = {status.HTTP_404_NOT_FOUND: {"description": "There is no such note"}}


class NoteIn(BaseModel):
    title: str = Field(min_length=1, max_length=50)
    text: str


class Note(NoteIn):
    id: int
    owner: str


app = FastAPI()
notes: dict[int, Note] = {}
numbers = count()


def current_user(x_user: Annotated[str | None, Header()] = None) -> str:
    if not x_user:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "say who you are")
    return x_user


User = Annotated[str, Depends(current_user)]


def owned(id: int, user: User) -> Note:
    if id not in notes:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "no such note")
    if notes[id].owner != user:
        raise HTTPException(status.HTTP_403_FORBIDDEN, "not your note")
    return notes[id]


Owned = Annotated[Note, Depends(owned)]


@app.post("/notes", status_code=status.HTTP_201_CREATED)
def create_note(new: NoteIn, user: User, response: Response) -> Note:
    if any(note.owner == user and note.title.lower() == new.title.lower() for note in notes.values()):
        raise HTTPException(status.HTTP_400_BAD_REQUEST, "you have a note with this title")
    note = Note(id=next(numbers), owner=user, **new.model_dump())
    notes[note.id] = note
    response.headers["Location"] = f"/notes/{note.id}"
    return note


@app.get("/notes/{id}", responses=NOT_FOUND)
def read_note(note: Owned) -> Note:
    return note


@app.delete("/notes/{id}", status_code=status.HTTP_204_NO_CONTENT, responses=NOT_FOUND)
def delete_note(note: Owned) -> None:
    del notes[note.id]

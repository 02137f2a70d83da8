"""Notes. Every handler is a coroutine without an await, so each one runs undisturbed by the others."""

import itertools
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from pydantic import BaseModel, Field

app = FastAPI(title="Notes")


async def current_user(request: Request) -> str:
    """Return the user that the header X-User names."""
    name = request.headers.get("X-User")
    if not name:
        raise HTTPException(401, detail="who are you?")
    return name


CurrentUser = Annotated[str, Depends(current_user)]


class Draft(BaseModel):
    title: str = Field(min_length=1, max_length=50)
    text: str


class Note(Draft):
    id: int
    owner: str


class Problem(BaseModel):
    detail: str


ids = itertools.count(1)
notes: dict[int, Note] = {}


async def own_note(id: int, user: CurrentUser) -> Note:
    """Return the note of the path, if there is one and it is the user's."""
    note = notes.get(id)
    if note is None:
        raise HTTPException(404, detail="no such note")
    if note.owner != user:
        raise HTTPException(403, detail="not your note")
    return note


OwnNote = Annotated[Note, Depends(own_note)]

UNAUTHORIZED = {401: {"model": Problem, "description": "No user"}}
NOT_YOURS = {
    403: {"model": Problem, "description": "Somebody else's note"},
    404: {"model": Problem, "description": "No such note"},
}


@app.post(
    "/notes",
    status_code=201,
    responses={**UNAUTHORIZED, 400: {"model": Problem, "description": "Title already in use"}},
)
async def create_note(draft: Draft, user: CurrentUser, response: Response) -> Note:
    wanted = draft.title.lower()
    if any(note.owner == user and note.title.lower() == wanted for note in notes.values()):
        raise HTTPException(400, detail="you have a note with this title")
    note = Note(id=next(ids), owner=user, title=draft.title, text=draft.text)
    notes[note.id] = note
    response.headers["Location"] = f"/notes/{note.id}"
    return note


@app.get("/notes/{id}", responses={**UNAUTHORIZED, **NOT_YOURS})
async def read_note(note: OwnNote) -> Note:
    return note


@app.delete("/notes/{id}", status_code=204, responses={**UNAUTHORIZED, **NOT_YOURS})
async def delete_note(note: OwnNote) -> None:
    del notes[note.id]

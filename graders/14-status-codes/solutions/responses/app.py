from uuid import uuid4

from fastapi import APIRouter, Body, Depends, FastAPI
from fastapi.responses import JSONResponse, Response

from users import current_user

router = APIRouter(prefix="/notes")
notes: dict[str, dict[str, str]] = {}


def refusal(status, detail):
    return JSONResponse({"detail": detail}, status_code=status)


def problem(id, user):
    if id not in notes:
        return refusal(404, f"there is no note {id}")
    if notes[id]["owner"] != user:
        return refusal(403, f"{user} may not use the note {id}")
    return None


@router.post("", responses={201: {"description": "Made"}})
async def create(
    title: str = Body(min_length=1, max_length=50),
    text: str = Body(),
    user: str = Depends(current_user),
):
    taken = {note["title"].casefold() for note in notes.values() if note["owner"] == user}
    if title.casefold() in taken:
        return refusal(400, "this title is taken")
    id = uuid4().hex
    notes[id] = {"id": id, "title": title, "text": text, "owner": user}
    return JSONResponse(notes[id], status_code=201, headers={"Location": f"/notes/{id}"})


@router.get("/{id}", responses={404: {"description": "Unknown"}})
async def read(id: str, user: str = Depends(current_user)):
    return problem(id, user) or JSONResponse(notes[id])


@router.delete("/{id}", responses={204: {"description": "Gone"}, 404: {"description": "Unknown"}})
async def delete(id: str, user: str = Depends(current_user)):
    refused = problem(id, user)
    if refused:
        return refused
    del notes[id]
    return Response(status_code=204)


app = FastAPI()
app.include_router(router)

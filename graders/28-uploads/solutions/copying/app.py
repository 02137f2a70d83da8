"""A def handler that copies file objects, and a middleware that stops reading a body no avatar can need."""

import os
import tempfile
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, FastAPI, File, Form, HTTPException, UploadFile
from fastapi.responses import FileResponse
from pydantic import BaseModel
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

#: What a multipart body has besides the file: the owner, two or three headers, the boundaries.
OVERHEAD = 65536


class Settings:
    folder = Path(os.environ["UPLOAD_DIR"])
    most = int(os.environ["MAX_BYTES"])


router = APIRouter()


class Avatar(BaseModel):
    id: str
    owner: str
    size: int
    sha256: str


class Message(BaseModel):
    name: str
    message: str


def ending_of(head):
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return ".png"
    if head.startswith(b"\xff\xd8\xff"):
        return ".jpg"
    raise HTTPException(status_code=415)


@router.post("/avatars", status_code=201)
def upload(owner: str = Form(max_length=30), file: UploadFile = File()) -> Avatar:
    # An owner is never empty here: FastAPI takes an empty field of a form for a missing one.
    source = file.file
    ending = ending_of(source.read(8))
    source.seek(0)
    Settings.folder.mkdir(parents=True, exist_ok=True)
    handle, path = tempfile.mkstemp(suffix=ending, dir=Settings.folder)
    try:
        size, digest = 0, sha256()
        with os.fdopen(handle, "wb") as target:
            while part := source.read(100_000):
                size += len(part)
                if size > Settings.most:
                    raise HTTPException(status_code=413)
                digest.update(part)
                target.write(part)
    except BaseException:
        os.unlink(path)
        raise
    return Avatar(id=os.path.basename(path), owner=owner, size=size, sha256=digest.hexdigest())


@router.get("/avatars/{name}")
def download(name: str):
    path = Settings.folder / name
    if path.suffix not in (".png", ".jpg") or not path.is_file():
        raise HTTPException(status_code=404)
    # The ending, which upload() has chosen, tells the type.
    return FileResponse(path)


@router.post("/contact")
def contact(form: Message = Form()):
    return {"name": form.name}


app = FastAPI()
app.include_router(router)
app.add_middleware(RequestBodyLimitMiddleware, max_body_size=Settings.most + OVERHEAD)

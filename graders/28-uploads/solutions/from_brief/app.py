import hashlib
import os
import uuid
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, File, Form, HTTPException, UploadFile
from fastapi.responses import FileResponse

FOLDER = Path(os.environ.get("UPLOAD_DIR", "uploads")).resolve()
LIMIT = int(os.environ.get("MAX_BYTES", "1000000"))
CHUNK = 1 << 16
SIGNATURES = {b"\x89PNG\r\n\x1a\n": ("image/png", ".png"), b"\xff\xd8\xff": ("image/jpeg", ".jpg")}

FOLDER.mkdir(parents=True, exist_ok=True)
app = FastAPI(title="Avatars")
stored: dict[str, tuple[Path, str]] = {}


def recognise(head: bytes) -> tuple[str, str] | None:
    for signature, kind in SIGNATURES.items():
        if head.startswith(signature):
            return kind
    return None


@app.post("/avatars", status_code=201)
def upload(
    file: Annotated[UploadFile, File()],
    owner: Annotated[str, Form(min_length=1, max_length=30)],
) -> dict[str, str | int]:
    source = file.file
    source.seek(0, os.SEEK_END)
    size = source.tell()
    if size > LIMIT:
        raise HTTPException(413, f"At most {LIMIT} bytes")
    source.seek(0)
    kind = recognise(source.read(8))
    if kind is None:
        raise HTTPException(415, "Only PNG and JPEG")
    media_type, suffix = kind
    source.seek(0)
    avatar_id = uuid.uuid4().hex
    path = FOLDER / f"{avatar_id}{suffix}"
    digest = hashlib.sha256()
    try:
        with path.open("xb") as target:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                target.write(chunk)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    stored[avatar_id] = (path, media_type)
    return {"id": avatar_id, "owner": owner, "size": size, "sha256": digest.hexdigest()}


@app.get("/avatars/{avatar_id}")
def download(avatar_id: str) -> FileResponse:
    if avatar_id not in stored:
        raise HTTPException(404, "No such avatar")
    path, media_type = stored[avatar_id]
    return FileResponse(path, media_type=media_type)


@app.post("/contact")
def contact(name: Annotated[str, Form()], message: Annotated[str, Form()]) -> dict[str, str]:
    return {"name": name}

"""The message to /contact is a model, and so a body of JSON."""

import hashlib
import os
from pathlib import Path
from typing import Annotated
from uuid import uuid4

from fastapi import FastAPI, Form, HTTPException, UploadFile
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse
from pydantic import BaseModel

UPLOAD_DIR = Path(os.environ["UPLOAD_DIR"])
MAX_BYTES = int(os.environ["MAX_BYTES"])
CHUNK = 65536
SIGNATURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}

UPLOAD_DIR.mkdir(parents=True, exist_ok=True)
app = FastAPI()


class Contact(BaseModel):
    name: str
    message: str


kinds: dict[str, str] = {}


def sniff(head: bytes) -> str:
    for signature, kind in SIGNATURES.items():
        if head.startswith(signature):
            return kind
    raise HTTPException(415, "neither a PNG nor a JPEG")


@app.post("/avatars", status_code=201)
async def upload(file: UploadFile, owner: Annotated[str, Form(min_length=1, max_length=30)]):
    chunk = await file.read(CHUNK)
    kind = sniff(chunk)
    avatar_id, size, digest = uuid4().hex, 0, hashlib.sha256()
    unfinished = UPLOAD_DIR / f"{avatar_id}.part"
    try:
        with unfinished.open("xb") as target:
            while chunk:
                size += len(chunk)
                if size > MAX_BYTES:
                    raise HTTPException(413, f"more than {MAX_BYTES} bytes")
                digest.update(chunk)
                await run_in_threadpool(target.write, chunk)
                chunk = await file.read(CHUNK)
        unfinished.rename(UPLOAD_DIR / avatar_id)
    finally:
        unfinished.unlink(missing_ok=True)
    kinds[avatar_id] = kind
    return {"id": avatar_id, "owner": owner, "size": size, "sha256": digest.hexdigest()}


@app.get("/avatars/{avatar_id}")
async def download(avatar_id: str):
    if avatar_id not in kinds:
        raise HTTPException(404, "no such avatar")
    return FileResponse(UPLOAD_DIR / avatar_id, media_type=kinds[avatar_id])


@app.post("/contact")
async def contact(body: Contact):
    return {"name": body.name}

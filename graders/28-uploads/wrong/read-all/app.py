"""The whole file is read into memory, and its length is looked at afterwards."""

import hashlib
import os
from pathlib import Path
from typing import Annotated
from uuid import uuid4

from fastapi import FastAPI, Form, HTTPException, UploadFile
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse

UPLOAD_DIR = Path(os.environ["UPLOAD_DIR"])
MAX_BYTES = int(os.environ["MAX_BYTES"])
SIGNATURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}

UPLOAD_DIR.mkdir(parents=True, exist_ok=True)
app = FastAPI()
kinds: dict[str, str] = {}


def sniff(head: bytes) -> str:
    for signature, kind in SIGNATURES.items():
        if head.startswith(signature):
            return kind
    raise HTTPException(415, "neither a PNG nor a JPEG")


@app.post("/avatars", status_code=201)
async def upload(file: UploadFile, owner: Annotated[str, Form(min_length=1, max_length=30)]):
    content = await file.read()
    kind = sniff(content)
    if len(content) > MAX_BYTES:
        raise HTTPException(413, f"more than {MAX_BYTES} bytes")
    avatar_id = uuid4().hex
    await run_in_threadpool((UPLOAD_DIR / avatar_id).write_bytes, content)
    kinds[avatar_id] = kind
    return {"id": avatar_id, "owner": owner, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


@app.get("/avatars/{avatar_id}")
async def download(avatar_id: str):
    if avatar_id not in kinds:
        raise HTTPException(404, "no such avatar")
    return FileResponse(UPLOAD_DIR / avatar_id, media_type=kinds[avatar_id])


@app.post("/contact")
async def contact(name: Annotated[str, Form()], message: Annotated[str, Form()]):
    return {"name": name}

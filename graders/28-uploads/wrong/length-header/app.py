"""The limit is checked against Content-Length only, which a client may leave out."""

import hashlib
import os
from pathlib import Path
from typing import Annotated
from uuid import uuid4

from fastapi import FastAPI, Form, HTTPException, Request, UploadFile
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse

UPLOAD_DIR = Path(os.environ["UPLOAD_DIR"])
MAX_BYTES = int(os.environ["MAX_BYTES"])
CHUNK = 65536
OVERHEAD = 1024
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
async def upload(request: Request, file: UploadFile, owner: Annotated[str, Form(min_length=1, max_length=30)]):
    if int(request.headers.get("content-length", 0)) > MAX_BYTES + OVERHEAD:
        raise HTTPException(413, f"more than {MAX_BYTES} bytes")
    chunk = await file.read(CHUNK)
    kind = sniff(chunk)
    avatar_id, size, digest = uuid4().hex, 0, hashlib.sha256()
    unfinished = UPLOAD_DIR / f"{avatar_id}.part"
    try:
        with unfinished.open("xb") as target:
            while chunk:
                size += len(chunk)
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
async def contact(name: Annotated[str, Form()], message: Annotated[str, Form()]):
    return {"name": name}

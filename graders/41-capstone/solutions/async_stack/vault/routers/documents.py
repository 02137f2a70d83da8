import asyncio
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request, UploadFile
from sqlalchemy import select

from vault.database import Document
from vault.deps import CurrentUser, Db
from vault.schemas import Accepted, Page, ShownDocument
from vault.settings import settings

LARGEST = 1024 * 1024

router = APIRouter(prefix="/documents", tags=["documents"])


@router.post("", status_code=202, response_model=Accepted)
async def upload(
    file: UploadFile, title: Annotated[str, Form(max_length=100)], user: CurrentUser, db: Db, request: Request
) -> Document:
    content = await file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise HTTPException(413, "The file is too large")
    document = Document(owner_id=user.id, title=title, size=len(content), file=uuid4().hex)
    path = settings.uploads / document.file
    try:
        await asyncio.to_thread(path.write_bytes, content)
        db.add(document)
        await db.commit()
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    request.app.state.embedding.submit(document.id)
    return document


def read_cursor(cursor: str | None = None) -> int | None:
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise HTTPException(400, "This is no cursor")
    return int(cursor)


@router.get("", response_model=Page)
async def list_documents(
    user: CurrentUser,
    db: Db,
    before: Annotated[int | None, Depends(read_cursor)],
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> dict[str, object]:
    query = select(Document).where(Document.owner_id == user.id).order_by(Document.id.desc()).limit(limit + 1)
    if before is not None:
        query = query.where(Document.id < before)
    found = (await db.scalars(query)).all()
    shown = found[:limit]
    return {"data": shown, "next_cursor": str(shown[-1].id) if len(found) > limit else None}


async def own_document(document_id: int, user: CurrentUser, db: Db) -> Document:
    document = await db.get(Document, document_id)
    if document is None or document.owner_id != user.id:
        raise HTTPException(404, "There is no such document")
    return document


OwnDocument = Annotated[Document, Depends(own_document)]


@router.get("/{document_id}", response_model=ShownDocument)
async def read_document(document: OwnDocument) -> Document:
    return document


@router.delete("/{document_id}", status_code=204)
async def delete_document(document: OwnDocument, db: Db) -> None:
    await db.delete(document)
    await db.commit()
    # Only now: a file without a row harms nobody, a row without a file does.
    await asyncio.to_thread((settings.uploads / document.file).unlink, missing_ok=True)

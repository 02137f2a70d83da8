import base64
import binascii
import re
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Form, HTTPException, Query, Request, UploadFile
from sqlalchemy import select
from sqlalchemy.orm import Session

from vault import storage
from vault.database import Document
from vault.deps import Db, Me
from vault.schemas import Accepted, DocumentOut, Page

MAX_BYTES = 1_048_576
PREFIX = "after:"

router = APIRouter(prefix="/documents", tags=["documents"])


def to_cursor(document_id: int) -> str:
    return base64.urlsafe_b64encode(f"{PREFIX}{document_id}".encode()).decode()


def from_cursor(cursor: str) -> int:
    try:
        text = base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True).decode("ascii")
    except (ValueError, binascii.Error):
        text = ""
    found = re.fullmatch(PREFIX + r"([0-9]{1,18})", text)
    if found is None:
        raise HTTPException(400, "this cursor cannot be read")
    return int(found[1])


def owned(document_id: int, owner_id: int, db: Session) -> Document:
    document = db.scalar(select(Document).where(Document.id == document_id, Document.owner_id == owner_id))
    if document is None:
        raise HTTPException(404, "there is no such document")
    return document


@router.post("", status_code=202)
def upload(
    file: UploadFile,
    title: Annotated[str, Form(min_length=1, max_length=100)],
    me: Me,
    db: Db,
    request: Request,
    after_reply: BackgroundTasks,
) -> Accepted:
    content = file.file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise HTTPException(413, f"a file has at most {MAX_BYTES} bytes")
    stored_as = storage.save(content)
    document = Document(owner_id=me.id, title=title, status="pending", size=len(content), stored_as=stored_as)
    try:
        db.add(document)
        db.commit()
    except BaseException:
        storage.remove(stored_as)
        raise
    after_reply.add_task(request.app.state.embedding.wake)
    return Accepted(id=document.id, status="pending")


@router.get("")
def list_documents(
    me: Me,
    db: Db,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: str | None = None,
) -> Page:
    query = select(Document).where(Document.owner_id == me.id).order_by(Document.id.desc())
    if cursor is not None:
        query = query.where(Document.id < from_cursor(cursor))
    found = list(db.scalars(query.limit(limit + 1)))
    shown = found[:limit]
    more = len(found) > limit
    return Page(data=[DocumentOut.model_validate(one) for one in shown], next_cursor=to_cursor(shown[-1].id) if more else None)


@router.get("/{document_id}")
def show(document_id: int, me: Me, db: Db) -> DocumentOut:
    return DocumentOut.model_validate(owned(document_id, me.id, db))


@router.delete("/{document_id}", status_code=204)
def delete(document_id: int, me: Me, db: Db) -> None:
    document = owned(document_id, me.id, db)
    stored_as = document.stored_as
    db.delete(document)
    db.commit()
    # Only now: had the commit failed, the document would still be whole.
    storage.remove(stored_as)

from base64 import urlsafe_b64decode, urlsafe_b64encode

from fastapi import APIRouter, Depends, File, Form, HTTPException, Path, Query, Request, UploadFile
from fastapi.security import OAuth2PasswordRequestForm
from pydantic import BaseModel, Field
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from . import files
from .deps import get_current_user, get_db, is_right, make_token, new_hash
from .models import Document, User, new_id

MAX_SIZE = 1_048_576

api = APIRouter(prefix="/api/v1")


class Registration(BaseModel):
    username: str = Field(min_length=1, max_length=50)
    password: str = Field(min_length=8)


class UserOut(BaseModel):
    id: str
    username: str


class TokenOut(BaseModel):
    access_token: str
    token_type: str


class UploadOut(BaseModel):
    id: str
    status: str


class DocumentOut(BaseModel):
    id: str
    title: str
    status: str
    size: int


class DocumentsOut(BaseModel):
    data: list[DocumentOut]
    next_cursor: str | None


@api.post("/users", status_code=201)
def register(registration: Registration, db: Session = Depends(get_db)) -> UserOut:
    user = User(username=registration.username, password=new_hash(registration.password))
    try:
        db.add(user)
        db.commit()
    except IntegrityError:
        raise HTTPException(status_code=409, detail="taken") from None
    return UserOut(id=user.id, username=user.username)


@api.post("/token", response_model=TokenOut)
def token(form: OAuth2PasswordRequestForm = Depends(), db: Session = Depends(get_db)):
    user = db.query(User).filter_by(username=form.username).one_or_none()
    if user is None or not is_right(form.password, user.password):
        raise HTTPException(status_code=401, detail="wrong name or password")
    return {"access_token": make_token(user), "token_type": "bearer"}


def show(document: Document) -> DocumentOut:
    return DocumentOut(id=document.id, title=document.title, status=document.status, size=document.size)


@api.post("/documents", status_code=202)
def upload(
    request: Request,
    file: UploadFile = File(),
    title: str = Form(max_length=100),
    user: User = Depends(get_current_user),
    db: Session = Depends(get_db),
) -> UploadOut:
    content = file.file.read()
    if len(content) > MAX_SIZE:
        raise HTTPException(status_code=413, detail="at most 1 MiB")
    document_id = new_id()
    try:
        files.save(document_id, content)
        db.add(Document(id=document_id, title=title, size=len(content), owner_id=user.id))
        db.commit()
    except Exception:
        files.remove(document_id)
        raise
    request.app.state.worker.wake()
    return UploadOut(id=document_id, status="pending")


def encode(number: int) -> str:
    return urlsafe_b64encode(number.to_bytes(7)).decode()


def decode(cursor: str) -> int:
    try:
        raw = urlsafe_b64decode(cursor.encode())
    except ValueError:
        raw = b""
    if len(raw) != 7:
        raise HTTPException(status_code=400, detail="not one of our cursors")
    return int.from_bytes(raw)


@api.get("/documents")
def documents(
    limit: int = Query(default=20, ge=1, le=100),
    cursor: str | None = None,
    user: User = Depends(get_current_user),
    db: Session = Depends(get_db),
) -> DocumentsOut:
    query = db.query(Document).filter(Document.owner_id == user.id)
    if cursor is not None:
        query = query.filter(Document.number < decode(cursor))
    rows = query.order_by(Document.number.desc()).limit(limit + 1).all()
    more = encode(rows[limit - 1].number) if len(rows) > limit else None
    return DocumentsOut(data=[show(row) for row in rows[:limit]], next_cursor=more)


def find(id: str = Path(), user: User = Depends(get_current_user), db: Session = Depends(get_db)) -> Document:
    document = db.query(Document).filter_by(id=id, owner_id=user.id).one_or_none()
    if document is None:
        raise HTTPException(status_code=404, detail="no such document")
    return document


@api.get("/documents/{id}")
def read(document: Document = Depends(find)) -> DocumentOut:
    return show(document)


@api.delete("/documents/{id}", status_code=204)
def delete(document: Document = Depends(find), db: Session = Depends(get_db)) -> None:
    document_id = document.id
    db.delete(document)
    db.commit()
    files.remove(document_id)

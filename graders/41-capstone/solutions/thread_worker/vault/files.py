"""The contents of documents, one file each."""

from pathlib import Path

from .config import UPLOAD_DIR


def path_of(document_id: str) -> Path:
    return UPLOAD_DIR / document_id[:2] / document_id


def save(document_id: str, content: bytes) -> None:
    path = path_of(document_id)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def read_text(document_id: str) -> str:
    return path_of(document_id).read_bytes().decode("utf-8", "replace")


def remove(document_id: str) -> None:
    path_of(document_id).unlink(missing_ok=True)

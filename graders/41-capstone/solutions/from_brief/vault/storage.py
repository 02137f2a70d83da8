"""One file a document, below UPLOAD_DIR."""

import uuid

from vault.config import settings


def prepare() -> None:
    settings.upload_dir.mkdir(parents=True, exist_ok=True)


def save(content: bytes) -> str:
    """Write a new file; return its name. Nothing is left when writing fails."""
    name = uuid.uuid4().hex
    try:
        (settings.upload_dir / name).write_bytes(content)
    except OSError:
        remove(name)
        raise
    return name


def read(name: str) -> bytes:
    return (settings.upload_dir / name).read_bytes()


def remove(name: str) -> None:
    (settings.upload_dir / name).unlink(missing_ok=True)


def names() -> set[str]:
    return {path.name for path in settings.upload_dir.iterdir() if path.is_file()}

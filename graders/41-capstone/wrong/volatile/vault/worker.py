"""What happens to a document after the reply."""

import logging

from sqlalchemy import update

from . import files
from .deps import get_embedder
from .models import Document, SessionLocal

log = logging.getLogger("vault.worker")


def embed(document_id, overrides):
    try:
        chosen = overrides.get(get_embedder, get_embedder)()
        chosen.embed(files.read_text(document_id))
        status = "ready"
    except Exception as error:
        log.warning("document %s failed: %r", document_id, error)
        status = "failed"
    with SessionLocal.begin() as db:
        db.execute(update(Document).where(Document.id == document_id).values(status=status))

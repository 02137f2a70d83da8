"""The background step: one thread, which takes the oldest pending document from the database until there is none."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from vault import storage
from vault.database import Document, SessionLocal

log = logging.getLogger(__name__)
PAUSE = 0.3


class EmbeddingThread:
    """The queue is the table: what is pending when the process is killed is pending when it starts again."""

    def __init__(self, find_embedder: Callable[[], Any]) -> None:
        self._find_embedder = find_embedder
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="embedding", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._wake.set()

    def stop(self) -> None:
        self._stop.set()
        self._wake.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                while not self._stop.is_set() and (found := self._next()):
                    self._embed(*found)
            except SQLAlchemyError:
                log.exception("the database failed; trying again")
                self._stop.wait(PAUSE)
                continue
            self._wake.wait()

    def _next(self) -> tuple[int, str] | None:
        with SessionLocal() as db:
            query = select(Document.id, Document.stored_as).where(Document.status == "pending").order_by(Document.id)
            row = db.execute(query.limit(1)).first()
        return (row.id, row.stored_as) if row else None

    def _embed(self, document_id: int, stored_as: str) -> None:
        try:
            text = storage.read(stored_as).decode("utf-8", errors="replace")
            self._find_embedder().embed(text)
            status = "ready"
        except Exception:
            log.exception("document %s could not be embedded", document_id)
            status = "failed"
        self._note(document_id, status)

    def _note(self, document_id: int, status: str) -> None:
        """Keep the outcome, however often it takes: it must not be embedded twice. A deleted document stays deleted."""
        while True:
            try:
                with SessionLocal.begin() as db:
                    db.execute(update(Document).where(Document.id == document_id).values(status=status))
            except SQLAlchemyError:
                log.exception("the outcome of document %s could not be kept; trying again", document_id)
                if self._stop.wait(PAUSE):
                    return
            else:
                return

"""A thread that embeds what is pending. The database is its queue, so nothing is lost with the process."""

import logging
import threading

from sqlalchemy import select, update

from . import files
from .deps import get_embedder
from .models import Document, SessionLocal

log = logging.getLogger("vault.worker")


class Worker(threading.Thread):
    def __init__(self, overrides):
        super().__init__(daemon=True)
        self.overrides = overrides
        self.news = threading.Event()
        self.over = False

    def wake(self):
        self.news.set()

    def stop(self):
        self.over = True
        self.wake()

    def run(self):
        while not self.over:
            self.news.clear()
            try:
                while not self.over and self.work():
                    pass
            except Exception:
                log.exception("the database did not answer; trying again later")
            # A look now and then helps when the database was away.
            self.news.wait(timeout=5)

    def work(self):
        """Embed the oldest pending document; return whether there was one."""
        with SessionLocal() as db:
            document_id = db.scalar(select(Document.id).where(Document.status == "pending").order_by(Document.number).limit(1))
        if document_id is None:
            return False
        status = self.embed(document_id)
        with SessionLocal.begin() as db:
            db.execute(update(Document).where(Document.id == document_id).values(status=status))
        return True

    def embed(self, document_id):
        try:
            chosen = self.overrides.get(get_embedder, get_embedder)()
            chosen.embed(files.read_text(document_id))
        except Exception as error:
            log.warning("document %s failed: %r", document_id, error)
            return "failed"
        return "ready"

"""Embeds documents one after the other, in a task of the event loop. What is pending stands in the database."""

import asyncio
import logging
from contextlib import suppress

from fastapi import FastAPI
from sqlalchemy import select, update

from vault.database import Document, new_session
from vault.deps import get_embedder
from vault.settings import settings

logger = logging.getLogger(__name__)


class Embedding:
    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._waiting: asyncio.Queue[int] = asyncio.Queue()

    def submit(self, document_id: int) -> None:
        self._waiting.put_nowait(document_id)

    async def resume(self) -> None:
        """Submit what an earlier process has left."""
        async with new_session() as db:
            for document_id in await db.scalars(select(Document.id).where(Document.status == "pending").order_by(Document.id)):
                self.submit(document_id)

    async def run(self) -> None:
        while True:
            document_id = await self._waiting.get()
            try:
                await self._embed(document_id)
            except Exception:
                # One document must not stop the others.
                logger.exception("document %s stays pending", document_id)

    async def _embed(self, document_id: int) -> None:
        async with new_session() as db:
            document = await db.get(Document, document_id)
        if document is None:
            return
        chosen = self._app.dependency_overrides.get(get_embedder, get_embedder)()
        try:
            content = await asyncio.to_thread((settings.uploads / document.file).read_bytes)
            await asyncio.to_thread(chosen.embed, content.decode("utf-8", errors="replace"))
            status = "ready"
        except Exception:
            logger.exception("document %s has no vector", document_id)
            status = "failed"
        async with new_session() as db:
            await db.execute(update(Document).where(Document.id == document_id).values(status=status))
            await db.commit()


async def stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task

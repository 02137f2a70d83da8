"""The grader's end of the sandboxed inspector: what the app left in its folder, read by a process that is locked in itself."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from gradewright.worker_control.process import WorkerProcess


class Inspector:
    """Asks about files below the submission's folder. All answers are size-capped data from a sandboxed reader."""

    def __init__(self, worker: WorkerProcess) -> None:
        self._worker = worker

    def files(self) -> dict[str, int | None]:
        """Return each file's path and size in bytes; None for links and special files."""
        found = self._worker.command("files")
        entries = [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
        return {str(entry.get("path")): entry.get("size") for entry in entries}

    def read(self, path: str) -> bytes:
        """Return a file's content, 2 MiB at most. Raises CommandFailed("no_file")."""
        answer = self._worker.command("read", path=path)
        try:
            return base64.b64decode(str(answer))
        except binascii.Error:
            return b""

    def query(self, path: str, sql: str, *parameters: Any) -> list[list[Any]]:
        """Return the rows of a query on a copy of an SQLite file. Raises CommandFailed("no_file" or "sql")."""
        rows = self._worker.command("query", path=path, sql=sql, parameters=list(parameters))
        return [row for row in rows if isinstance(row, list)] if isinstance(rows, list) else []

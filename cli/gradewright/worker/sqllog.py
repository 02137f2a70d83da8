"""Records the SQL statements that the app's SQLAlchemy engines send, while the grader asks for it."""

from __future__ import annotations

from typing import Any

MAX_STATEMENTS = 2000
MAX_TEXT = 2000


class SqlLog:
    """Listens to every engine of the process. Self-reported: use it beside something the wire shows."""

    def __init__(self) -> None:
        self._statements: list[str] = []
        self._listening = False

    def start(self) -> None:
        """Forget what was recorded, and record."""
        self._statements.clear()
        if not self._listening:
            from sqlalchemy import event
            from sqlalchemy.engine import Engine

            event.listen(Engine, "before_cursor_execute", self._on_execute)
            self._listening = True

    def stop(self) -> list[str]:
        """Record no more; return the statements since `start`, in order."""
        if self._listening:
            from sqlalchemy import event
            from sqlalchemy.engine import Engine

            event.remove(Engine, "before_cursor_execute", self._on_execute)
            self._listening = False
        return list(self._statements)

    def _on_execute(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if len(self._statements) < MAX_STATEMENTS:
            self._statements.append(statement[:MAX_TEXT])

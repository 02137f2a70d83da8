"""What `AppHandle` hands back: a program that ran, and an override in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gradewright.worker_control.process import WorkerProcess


@dataclass(frozen=True, slots=True)
class Finished:
    """A program that `AppHandle.run` ran: its exit code (None: killed, or still running at the limit) and what it printed."""

    code: int | None
    output: str


@dataclass(slots=True)
class Override:
    """An override in force; `calls` asks the worker how often its double ran (self-reported)."""

    name: str
    sentence: str
    token: int
    _worker: WorkerProcess

    @property
    def calls(self) -> list[dict[str, Any]]:
        """One entry a call, or {"event": "open"|"close", …} for a Resource."""
        return list(self._worker.command("calls", token=self.token))

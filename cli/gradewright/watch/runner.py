"""Grades in a thread of its own, so that a save, a key or a signal can interrupt."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Protocol

from gradewright.model import Verdict
from gradewright.session.lane import Cancelled
from gradewright.session.processes import ChildFailed

#: A cancellation that came before the grade had really begun is repeated after this long.
REPEAT_SECONDS = 0.05
CLOSE_SECONDS = 5.0


class Grader(Protocol):
    """What grades: `session.steady.SteadyGrader`."""

    def grade(self, path: Path, *, seed: str | None = None, meanwhile: Callable[[], object] | None = None) -> Verdict: ...
    def warm(self) -> None: ...
    def cancel(self) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Ended:
    """One grade ended: with a verdict, with an error, or, when it was cancelled, with neither."""

    verdict: Verdict | None = None
    error: Exception | None = None


class Runner:
    """Runs one grade at a time and calls `tell` with an Ended for each. `close` ends a running one and the grader."""

    def __init__(
        self, grader: Grader, tell: Callable[[Ended], object], *, meanwhile: Callable[[], object] | None = None
    ) -> None:
        self._grader = grader
        self._tell = tell
        self._meanwhile = meanwhile
        self._cancelled = threading.Event()
        self._waited = False
        self._orders: SimpleQueue[Path | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="watch-grade", daemon=True)
        self._thread.start()

    def submit(self, path: Path) -> None:
        """Grade `path`. The grade before it must have ended."""
        self._cancelled.clear()
        self._orders.put(path)

    def cancel(self) -> None:
        """Give up the grade that is under way. To be repeated until it has ended: it may not have begun yet."""
        self._cancelled.set()
        self._grader.cancel()

    def close(self) -> None:
        self._orders.put(None)
        tries = int(CLOSE_SECONDS / REPEAT_SECONDS)
        while self._thread.is_alive() and tries > 0:
            self.cancel()
            self._thread.join(REPEAT_SECONDS)
            tries -= 1
        self._grader.close()

    def _run(self) -> None:
        while (path := self._orders.get()) is not None:
            self._tell(self._grade(path))
            # After a fault, or where every grade needs processes of its own, the next one shall not wait for them.
            with contextlib.suppress(OSError):
                self._grader.warm()

    def _grade(self, path: Path) -> Ended:
        ended = self._attempt(path)
        failed = isinstance(ended.error, ChildFailed) or (ended.verdict is not None and ended.verdict.state == "grader_error")
        # The processes have waited for this save, perhaps for hours; if they did not live to see it, new ones try.
        if failed and self._waited and not self._cancelled.is_set():
            ended = self._attempt(path)
        self._waited = True
        return Ended() if self._cancelled.is_set() else ended

    def _attempt(self, path: Path) -> Ended:
        try:
            return Ended(self._grader.grade(path, meanwhile=self._meanwhile))
        except Cancelled:
            return Ended()
        except Exception as error:  # noqa: BLE001 - the loop decides whether it can go on
            return Ended(error=error)

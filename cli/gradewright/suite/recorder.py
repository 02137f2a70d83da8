"""Turns each test's outcome into one JSON record and sends it as it happens, so a grade cut short keeps what it had."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gradewright.client import RequestFailed
from gradewright.client.exchange import Exchange
from gradewright.suite.compare import told
from gradewright.suite.expect import CheckFailed
from gradewright.worker_control.launch import StartFailed
from gradewright.worker_control.process import CommandFailed, NotAnswered, WorkerDied
from gradewright.worker_control.twins import NotInFlight
from gradewright.worker_control.zygote import ZygoteGone

#: Exchanges kept of one test; more than a reader looks at.
MAX_EXCHANGES = 40
#: What was expected where a test ended with an exception that is no check's: a reply that it could not take apart.
UNFORMED = "a reply of the described form"


class Recorder:
    """Collects what one test does. `send` takes JSON records: collected, outcome, fault."""

    def __init__(self, send: Callable[[dict[str, Any]], None]) -> None:
        self.send = send
        self._exchanges: list[Exchange] = []
        self._dropped = 0
        self._checks = 0
        self._started = 0.0
        self.had_failure = False

    def begin(self) -> None:
        self._exchanges, self._dropped, self._checks = [], 0, 0
        self._started = time.monotonic()

    def exchange(self, exchange: Exchange) -> None:
        if len(self._exchanges) < MAX_EXCHANGES:
            self._exchanges.append(exchange)
        else:
            # The last ones show how it ended; the first ones how it began.
            self._exchanges.pop(MAX_EXCHANGES // 2)
            self._exchanges.append(exchange)
            self._dropped += 1

    def check(self) -> None:
        self._checks += 1

    def outcome(self, test: str, point: str, error: BaseException | None, suite: Path) -> None:
        """Record how a test ended; `error` is what its call phase raised. `raised` is only for the author of the suite."""
        record: dict[str, Any] = {
            "event": "outcome",
            "test": test,
            "point": point,
            "status": "passed" if error is None else "failed",
            "message": "",
            "expected": None,
            "got": None,
            "checks": max(self._checks, 1),
            "seconds": round(time.monotonic() - self._started, 4),
        }
        if error is not None:
            record.update(explain(error, self._exchanges))
            record.update((name, told(record[name])) for name in ("message", "expected", "got"))
            if record["expected"] == UNFORMED:
                from gradewright.suite.authors import raised

                record["raised"] = told(raised(error, suite))
        record["exchanges"] = [exchange.to_record() for exchange in self._exchanges]
        self.send(record)


def is_fault(error: BaseException) -> bool:
    """Return whether an exception is the engine's or the suite's own failure, whatever its phase. A skip proves nothing."""
    return isinstance(error, ZygoteGone | MemoryError | KeyboardInterrupt | pytest.skip.Exception | pytest.exit.Exception)


def is_submission(error: BaseException) -> bool:
    """Return whether an exception outside a test's call phase still is the submission's doing."""
    return isinstance(error, CheckFailed | RequestFailed | StartFailed | CommandFailed | NotAnswered | WorkerDied)


def explain(error: BaseException, exchanges: list[Exchange]) -> dict[str, Any]:
    """Return message, expected and got for what a test raised. Nothing in it quotes the suite's source."""
    if isinstance(error, CheckFailed):
        return {"message": error.message, "expected": error.expected, "got": error.got}
    last = exchanges[-1] if exchanges else None
    asked = f"{last.method} {last.target}" if last else "the app"
    if isinstance(error, RequestFailed):
        if error.exchange is not None:
            asked = _blame(error.exchange, error)
        return {"message": f"{asked}: {error}", "expected": error.wanted, "got": str(error)}
    if isinstance(error, CommandFailed):
        return _explain_command(error)
    if isinstance(error, NotInFlight):
        return {
            "message": f"{asked}: the calls did not overlap.",
            "expected": f"{error.wanted} calls at the same time",
            "got": str(error),
        }
    if isinstance(error, NotAnswered):
        return {"message": "The app did not answer the grader's question: something holds its interpreter."}
    if isinstance(error, WorkerDied):
        return {"message": f"The server died: {error}.", "expected": "a running server", "got": str(error)}
    if isinstance(error, StartFailed):
        facts = error.facts
        text = ": ".join(str(facts[key]) for key in ("exception", "message", "how") if facts.get(key))
        return {"message": f"The app did not start again ({facts.get('kind')}). {text}".strip()}
    if last is not None and last.held is None:
        last.held = False
    text = f"{type(error).__name__}: {str(error)[:200]}"
    return {
        "message": f"{asked} gave a reply that does not have the expected form.",
        "expected": UNFORMED,
        "got": text,
    }


def _blame(exchange: Exchange, error: RequestFailed) -> str:
    """Mark the exchange that failed and return what it asked for: of several open WebSockets it may not be the last."""
    exchange.held = False
    exchange.error = exchange.error or str(error)
    exchange.frames = exchange.frames or error.frames
    return f"{exchange.method} {exchange.target}"


def _explain_command(error: CommandFailed) -> dict[str, Any]:
    if error.kind == "no_dependency":
        return {
            "message": f"{str(error)[:1].upper()}{str(error)[1:]}. The brief names it, and it is replaced by that name.",
            "expected": "a dependency of that name, used with Depends",
            "got": "no such dependency in any route",
        }
    return {
        "message": f"The app could not be inspected: {error}",
        "expected": "an app that can be inspected",
        "got": str(error)[:500],
    }

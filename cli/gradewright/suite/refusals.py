"""Whether an app refuses to start, as one should that is configured badly. For suites that start an app in bad environments."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from typing import Any

from gradewright.suite.waiting import wait_until
from gradewright.worker_control.app import AppHandle
from gradewright.worker_control.launch import StartFailed

#: How an app may refuse to start; all else (a hang, a crash in C code) is no refusal.
REFUSALS = ("import_error", "exit_at_import", "startup_failed", "factory_failed", "ended_at_start")


def end(app: AppHandle) -> None:
    """End the process and wait for the news, so that nothing the old process says can meet a new one."""
    worker = app.worker
    if worker is None:
        return
    if not worker.dead:
        app.signal(signal.SIGKILL)
    app.wait_exit(2.0)
    # The news came first; the end of what it had to say is being read.
    time.sleep(0.05)


def instead_of_refusing(app: AppHandle, start: Callable[[], object]) -> str | None:
    """Return None if the app refuses to start when `start` starts it; otherwise what it does instead."""
    try:
        start()
    except StartFailed as failure:
        facts = _reason(app, failure.facts)
        if facts.get("kind") not in REFUSALS:
            return f"it neither starts nor ends ({facts.get('kind')})"
        return "it ends with exit code 0, which says that all is well" if all_is_well(facts) else None
    return "it starts"


def all_is_well(facts: dict[str, Any]) -> bool:
    """Return whether the exit code of a process that refused says so: a supervisor would not start it again."""
    code = facts.get("code") if facts["kind"] == "exit_at_import" else (facts.get("ending") or {}).get("code")
    return code in (0, "0", "None", "")


def _reason(app: AppHandle, facts: dict[str, Any]) -> dict[str, Any]:
    """Return why the app did not start: what the process said of it, which may come after the news of its end."""
    worker = app.worker
    if facts.get("kind") == "ended_at_start" and worker is not None:
        wait_until(lambda: worker.problem is not None, 1.0)
        return worker.problem or facts
    return facts

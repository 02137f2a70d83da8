"""What can be found out of a worker that ended, or does not answer: how, and where in the learner's code."""

from __future__ import annotations

import contextlib
import signal
import time
from typing import Any

from gradewright.worker_control import hearsay
from gradewright.worker_control.launch import parse_fault
from gradewright.worker_control.process import CommandFailed, NotAnswered, WorkerDied, WorkerProcess
from gradewright.worker_control.zygote import ZygoteClient, ZygoteGone


def ended_early(worker: WorkerProcess, zygote: ZygoteClient, root: str) -> dict[str, Any]:
    """Return the facts of a worker that ended before it served. Raises ZygoteGone when that was its zygote's end."""
    died = worker.died()
    if not died.ending and zygote.gone:
        # The worker went down with its zygote: that is not the submission's doing.
        raise ZygoteGone("the zygote ended, and the worker with it")
    crash = parse_fault(worker.fault_text(), root)
    frames = died.frames or crash
    return {
        "kind": "ended_at_start",
        "stage": worker.stage,
        "ending": died.ending,
        "how": str(died),
        "frames": frames,
    }


def where(worker: WorkerProcess, zygote: ZygoteClient, root: str) -> dict[str, Any]:
    """Return where a worker is right now: {"frames": the main thread's learner frames, "tasks": [frames, …]}."""
    with contextlib.suppress(CommandFailed, NotAnswered, WorkerDied):
        answer = worker.command("where", timeout=0.5)
        facts = answer if isinstance(answer, dict) else {}
        return {"frames": hearsay.frames(facts.get("main")), "tasks": hearsay.stacks(facts.get("tasks"))}
    # The interpreter itself is held (a regular expression, a big integer): faulthandler needs no interpreter.
    before = len(worker.fault_text())
    zygote.signal(worker, signal.SIGUSR1)
    for _attempt in range(20):
        time.sleep(0.01)
        if len(worker.fault_text()) > before:
            break
    return {"frames": parse_fault(worker.fault_text()[before:], root), "tasks": []}

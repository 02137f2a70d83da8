"""What one worker costs: the time of a request through client, worker and settle, and the memory that is its own."""

from __future__ import annotations

import contextlib
import os
import statistics
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import pairs
from gradewright.client import Client
from gradewright.content.catalogue import Catalogue
from gradewright.content.root import find_root
from gradewright.session import workspace
from gradewright.session.options import GradeOptions
from gradewright.session.steady import SteadyGrader
from gradewright.worker_control import spawn
from gradewright.worker_control.app import AppHandle
from gradewright.worker_control.launch import Launch
from gradewright.worker_control.pump import Pump
from gradewright.worker_control.zygote import ZygoteClient

REQUEST_TARGET, MEMORY_TARGET = 1.0, 25.0


#: A handler of nothing, awaited and in a thread of the pool: what is left is the path through client, worker and settle.
APP = """
from fastapi import FastAPI

app = FastAPI()


@app.get("/awaited")
async def awaited():
    return {"a": 1}


@app.get("/threaded")
def threaded():
    return {"a": 1}
"""


def request(times: int) -> dict[str, Any]:
    """Return milliseconds of settled GET requests, `times` of each kind, kata's walls on.

    `median_ms` is of an `async def` route, `threaded_ms` of a `def` route, which FastAPI moves to a thread and back, and
    `kata_ms` of 07's /items, a `def` route with three `def` dependencies: four such moves, which the app would pay anywhere.
    """
    with _served({"app.py": APP}) as client:
        awaited, threaded = _spent(client, "/awaited", times), _spent(client, "/threaded", times)
    with _served({source.name: source.read_text() for source in pairs.SOLUTION.glob("*.py")}) as client:
        kata = _spent(client, "/items", times)
    median = statistics.median(awaited)
    return {"name": "request", "times": times, "median_ms": median, "p95_ms": awaited[int(times * 0.95)],
            "best_ms": awaited[0], "threaded_ms": statistics.median(threaded), "kata_ms": statistics.median(kata),
            "target": REQUEST_TARGET, "met": median <= REQUEST_TARGET}  # fmt: skip


def _spent(client: Client, path: str, times: int) -> list[float]:
    spent = []
    for _number in range(times):
        started = time.perf_counter()
        assert client.get(path).status_code == 200
        spent.append((time.perf_counter() - started) * 1000)
    return sorted(spent)


@contextlib.contextmanager
def _served(files: dict[str, str]) -> Iterator[Client]:
    work = workspace.create()
    for name, text in files.items():
        Path(work, "pristine", name).write_text(text)
    process = spawn.start_zygote(work)
    try:
        zygote = ZygoteClient(process.control, f"{work}/sockets", Pump())
        folders = {name: f"{work}/{name}" for name in ("pristine", "submission", "scratch")}
        policy = {"writable": [folders["submission"], folders["scratch"]], "grants": [], "limits": {}}
        zygote.configure({"hidden": [], "farm": f"{work}/farm", "services": [], "folders": folders, "policy": policy})
        zygote.wait_configured()
        app = AppHandle(zygote, Launch(root=folders["submission"], scratch=folders["scratch"]))
        app.start()
        app.wait_ready()
        with Client(app, lambda _exchange: None) as client:
            yield client
        app.stop()
    finally:
        process.control.close()
        process.stop()
        workspace.remove(work)


def memory(runs: int) -> dict[str, Any]:
    """Return the largest proportional set size of a worker during `runs` grades of 07's solution, in MiB."""
    root = find_root(str(pairs.REPOSITORY))
    exercise = Catalogue(root).load("07")
    peaks = []
    for _run in range(runs):
        grader = SteadyGrader(root, exercise, GradeOptions())
        done = threading.Event()
        found: list[float] = []
        watcher = threading.Thread(target=_sample, args=(done, found))
        watcher.start()
        try:
            grader.grade(pairs.SOLUTION)
        finally:
            done.set()
            watcher.join()
            grader.close()
        peaks.append(max(found, default=0.0))
    peaks.sort()
    median = statistics.median(peaks)
    return {"name": "memory", "runs": runs, "pss_mib": median, "pss_min": peaks[0], "pss_max": peaks[-1],
            "target": MEMORY_TARGET, "met": 0 < median <= MEMORY_TARGET}  # fmt: skip


def _sample(done: threading.Event, found: list[float]) -> None:
    """Watch the workers of this process: children of a zygote below it."""
    while not done.wait(0.005):
        parents: dict[int, int] = {}
        zygotes = set()
        for path in Path("/proc").iterdir():
            if path.name.isdigit():
                with contextlib.suppress(OSError, ValueError):
                    parents[int(path.name)] = int((path / "stat").read_text().rsplit(")", 1)[1].split()[1])
                    words = (path / "cmdline").read_bytes().split(b"\0")
                    if b"gradewright.worker.zygote" in b" ".join(words) and b"python" in words[0]:
                        zygotes.add(int(path.name))
        for pid, parent in parents.items():
            if parent in zygotes and os.getpid() in _ancestors(pid, parents):
                with contextlib.suppress(OSError, ValueError, StopIteration):
                    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
                    found.append(int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / 1024)


def _ancestors(pid: int, parents: dict[int, int]) -> set[int]:
    seen: set[int] = set()
    while pid in parents and pid not in seen:
        seen.add(pid)
        pid = parents[pid]
    return seen

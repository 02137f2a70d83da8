"""What one worker costs: the time of a request through client, worker and settle, and the memory that is its own."""

from __future__ import annotations

import contextlib
import os
import statistics
import threading
import time
from pathlib import Path
from typing import Any

from benchmarks import pairs
from gradewright.client import Client
from gradewright.content.catalogue import Catalogue
from gradewright.content.root import find_root
from gradewright.session import workspace
from gradewright.session.grade import GradeOptions
from gradewright.session.steady import SteadyGrader
from gradewright.worker_control import spawn
from gradewright.worker_control.app import AppHandle
from gradewright.worker_control.launch import Launch
from gradewright.worker_control.pump import Pump
from gradewright.worker_control.zygote import ZygoteClient

REQUEST_TARGET, MEMORY_TARGET = 1.0, 25.0


def request(times: int) -> dict[str, Any]:
    """Return milliseconds of `times` settled GET requests to 07's solution, kata's walls on."""
    work = workspace.create()
    for source in pairs.SOLUTION.glob("*.py"):
        Path(work, "pristine", source.name).write_bytes(source.read_bytes())
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
            spent = []
            for _number in range(times):
                started = time.perf_counter()
                assert client.get("/items").status_code == 200
                spent.append((time.perf_counter() - started) * 1000)
        app.stop()
    finally:
        process.control.close()
        process.stop()
        workspace.remove(work)
    spent.sort()
    median = statistics.median(spent)
    return {"name": "request", "times": times, "median_ms": median, "p95_ms": spent[int(times * 0.95)], "best_ms": spent[0],
            "target": REQUEST_TARGET, "met": median <= REQUEST_TARGET}  # fmt: skip


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

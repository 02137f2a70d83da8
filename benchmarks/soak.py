"""Endurance: hundreds of hostile and honest grades through one lane, and graders killed at random moments. Nothing may be left.

Not a timing. Honest submissions must get the grade they always get, hostile ones none they did not earn, and afterwards the
machine must have no process, descriptor, mount or folder more than before.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import pairs
from gradewright.content.catalogue import Catalogue
from gradewright.content.root import find_root
from gradewright.session.options import GradeOptions
from gradewright.session.steady import SteadyGrader

#: Added to a solution's source. Each of these may cost points; none may leave anything or harm the grader.
HOSTILE = {
    "leaves at import": "import os; os._exit(0)",
    "raises": "raise SystemExit('bye')",
    "hangs at import": "import time; time.sleep(1000)",
    "burns at import": "while True: pass",
    "forks": "import os\nfor _n in range(1000):\n    os.fork()",
    "threads": "import threading, time\nfor _n in range(5000):\n    threading.Thread(target=time.sleep, args=(1000,)).start()",
    "memory": "hoard = bytearray(8 << 30)",
    "output": "import sys\nfor _n in range(20000):\n    print('x' * 4000)",
    "files": "import os\nfor _n in range(3000):\n    open(f'f{_n}', 'wb').write(b'x' * 4096)",
    "deep folders": "import os\nfor _n in range(400):\n    os.mkdir('d'); os.chdir('d')",
    "kills": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
    "descriptors": "import os\nfor _n in range(3, 100):\n    try: os.write(_n, b'{}' * 100)\n    except OSError: pass",
    "big reply": "@app.get('/items')\ndef items(): return 'x' * (64 << 20)",
    "deep reply": (
        "from fastapi import Response\n@app.middleware('http')\nasync def deep(request, call_next):\n"
        "    return Response('[' * 200000, media_type='application/json')"
    ),
    "settles never": "@app.middleware('http')\nasync def m(r, n):\n    import asyncio\n    await asyncio.sleep(1000)",
}


def _state() -> dict[str, set[str]]:
    """Return what this machine has that a grade might leave."""
    processes = {
        f"{path.name} {path.joinpath('cmdline').read_bytes().decode(errors='replace')[:200]}"
        for path in Path("/proc").iterdir()
        if path.name.isdigit() and _is_ours(path)
    }
    folders = {path.name for path in Path(tempfile.gettempdir()).glob("gw-*")}
    return {
        "processes": processes,
        "folders": folders,
        "mounts": set(Path("/proc/self/mounts").read_text().splitlines()),
        "descriptors": set(os.listdir("/proc/self/fd")),
    }


def _is_ours(path: Path) -> bool:
    try:
        words = path.joinpath("cmdline").read_bytes()
        return (b"gradewright" in words and b"soak" not in words) and f"PPid:\t{os.getpid()}\n" in (path / "status").read_text()
    except OSError:
        return False


def _memory() -> float:
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def mixed(times: int) -> dict[str, Any]:
    """Grade `times` submissions, two thirds of them hostile, in random order; return what was wrong and what was left."""
    with tempfile.TemporaryDirectory() as own, _temporary(own):
        return _mixed(times)


@contextlib.contextmanager
def _temporary(folder: str) -> Iterator[None]:
    """Use `folder` for what grades put into the temporary folder: other grades on this machine leave theirs elsewhere."""
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = tempfile.tempdir = folder
    try:
        yield
    finally:
        tempfile.tempdir = None
        if before is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = before


def _mixed(times: int) -> dict[str, Any]:
    root = find_root(str(pairs.REPOSITORY))
    exercise = Catalogue(root).load("07")
    before = _state()
    options = GradeOptions(profile="screen", start_limit=2.0, request_limit=1.0, total_limit=15.0)
    wrong: list[str] = []
    states: Counter[str] = Counter()
    memory: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        subs = _submissions(Path(name), root.solutions(exercise.slug), root.wrong(exercise.slug))
        grader = SteadyGrader(root, exercise, options)
        first: dict[str, tuple[str, ...]] = {}
        try:
            for number in range(times):
                key = random.choice(list(subs))
                verdict = grader.grade(subs[key])
                states[verdict.state] += 1
                found = (verdict.state, *(point.status for point in verdict.points))
                if key.startswith("honest") and first.setdefault(key, found) != found:
                    wrong.append(f"{key}, grade {number}: {found}, before {first[key]}; {verdict.problem}")
                if verdict.state == "grader_error":
                    wrong.append(f"{key}, grade {number}: {verdict.problem.message if verdict.problem else ''}")
                memory.append(_memory())
        finally:
            grader.close()
    time.sleep(1.0)
    after = _state()
    left = {kind: sorted(after[kind] - before[kind])[:10] for kind in before if after[kind] - before[kind]}
    half = len(memory) // 2
    growth = memory[-1] - memory[half] if memory else 0.0
    return {"name": "soak", "times": times, "states": dict(states), "wrong": wrong[:10], "left": left,
            "growth_mib_second_half": round(growth, 1), "met": not wrong and not left}  # fmt: skip


def _submissions(folder: Path, solutions: Path, wrong: Path) -> dict[str, Path]:
    subs = {f"honest {path.name}": path for tree in (solutions, wrong) for path in sorted(tree.iterdir()) if path.is_dir()}
    source = (pairs.SOLUTION / "app.py").read_text()
    for name, text in HOSTILE.items():
        place = folder / name.replace(" ", "-")
        place.mkdir()
        (place / "app.py").write_text(f"{source}\n{text}\n")
        subs[f"hostile {name}"] = place
    return subs


def killed(times: int) -> dict[str, Any]:
    """Kill `grade` at random moments; after a second nothing of it may run, and the next grade must work."""
    command = [pairs.grade_command(), "07", str(pairs.SOLUTION), "--no-report"]
    left: list[str] = []
    failed: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        env = {**os.environ, "TMPDIR": name}
        for number in range(times):
            process = subprocess.Popen(command, cwd=name, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(random.uniform(0.02, 1.2))
            process.send_signal(signal.SIGKILL)
            process.wait()
            time.sleep(1.0)
            left += [f"after kill {number}: {line}" for line in _with_folder(name)]
            for stale in Path(name).glob("gw-*"):
                shutil.rmtree(stale, ignore_errors=True)
            if number % 5 == 4:
                done = subprocess.run(command, cwd=name, env=env, capture_output=True, text=True, check=False)
                if done.returncode != 0:
                    failed.append(f"after kill {number}: exit {done.returncode}: {done.stdout[-300:]}{done.stderr[-300:]}")
    return {"name": "kill", "times": times, "left": left[:10], "failed": failed[:5], "met": not left and not failed}


def _with_folder(folder: str) -> list[str]:
    """Return the processes whose command line names the private folder of a grade below `folder`, or that run from it."""
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                words = path.joinpath("cmdline").read_bytes().decode(errors="replace")
                where = os.readlink(path / "cwd")
            except OSError:
                continue
            if folder in words or where.startswith(folder):
                found.append(f"{path.name} {words[:150]}")
    return found

"""Save → verdict in `grade watch`, against a whole bare pytest run of the same checks: what one waits for after a save."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from benchmarks import pairs

TARGET = 0.25


@contextlib.contextmanager
def watching(folder: Path) -> Iterator[IO[str]]:
    """Run `grade watch` on `folder`/solution; yield its stdout, one JSON verdict a line."""
    command = [pairs.grade_command(), "watch", "07-depends", "solution", "--json"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, bufsize=1)
    assert process.stdout is not None
    try:
        yield process.stdout
    finally:
        process.terminate()
        process.wait(10)


def measure(runs: int) -> dict[str, Any]:
    """Save the solution `runs` times with a changed comment and compare the time to its verdict with bare pytest's."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(pairs.SOLUTION, folder / "solution", ignore=shutil.ignore_patterns("__pycache__"))
        app = folder / "solution" / "app.py"
        source = app.read_text()
        environment = pairs.environment(folder / "solution")
        with watching(folder) as verdicts:
            _read(verdicts)
            count = 0

            def save() -> float:
                nonlocal count
                count += 1
                started = time.perf_counter()
                app.write_text(f"{source}\n# {count}\n")
                _read(verdicts)
                return time.perf_counter() - started

            found = pairs.ratios(save, lambda: pairs.timed(pairs.bare_pytest(), folder, environment), runs)
    return {"name": "regrade", **found, "target": TARGET, "met": found["ratio"] <= TARGET}


def _read(verdicts: IO[str]) -> None:
    verdict = json.loads(verdicts.readline())
    if (verdict["state"], verdict["score"]) != ("graded", 11):
        raise SystemExit(f"the solution is {verdict['state']} with {verdict['score']} points")

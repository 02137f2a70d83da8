"""Grades everything of an exercise again and again, on busy cores if wanted: not one verdict may change."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

from gradewright.content.root import ContentRoot
from gradewright.model import Verdict

STRAY = "__pycache__"
#: Keeps a core busy until its standard input ends, as it does with the process that started it, however that ends.
BUSY = """
import os, threading
threading.Thread(target=lambda: (os.read(0, 1), os._exit(0)), daemon=True).start()
while True:
    pass
"""


def folders_of(root: ContentRoot, slug: str) -> list[Path]:
    """Return the starter, every solution and every wrong solution."""
    found = [root.starter(slug)]
    for tree in (root.solutions(slug), root.wrong(slug)):
        found += sorted(path for path in tree.iterdir() if path.is_dir() and path.name != STRAY)
    return found


def repeat(root: ContentRoot, slug: str, grade: Callable[[Path], Verdict], times: int) -> list[str]:
    """Grade each folder `times` times in turn and return a line for each change of a point or a state.

    Points that a wrong solution may lose (its wrong.toml says why) are not compared.
    """
    changes = []
    first: dict[Path, dict[str, str]] = {}
    for number in range(times):
        for folder in folders_of(root, slug):
            verdict = grade(folder)
            found = outcome(folder, verdict)
            expected = first.setdefault(folder, found)
            name = f"{folder.parent.name}/{folder.name}"
            changes += [
                f"{name}, grade {number + 1}, seed {verdict.seed}: {key} was {expected.get(key)}, is {value}"
                for key, value in found.items()
                if expected.get(key) != value
            ]
    return changes


def outcome(folder: Path, verdict: Verdict) -> dict[str, str]:
    """Return what may not change: the state, and each point's status but for those that a wrong solution may lose."""
    loose = _may_lose(folder)
    return {"(state)": verdict.state, **{point.id: point.status for point in verdict.points if point.id not in loose}}


def _may_lose(folder: Path) -> set[str]:
    with contextlib.suppress(OSError, ValueError):
        return set(tomllib.loads((folder / "wrong.toml").read_text(encoding="utf-8")).get("may_lose", {}))
    return set()


@contextlib.contextmanager
def load(processes: int) -> Iterator[None]:
    """Keep `processes` busy loops running beside what happens inside."""
    busy = [subprocess.Popen([sys.executable, "-c", BUSY], stdin=subprocess.PIPE) for _number in range(processes)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.communicate()

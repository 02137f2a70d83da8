"""Grades small broken submissions through the real command line; all of them at once, since most of the time is waiting.

A test takes a `case` (a dict) by parametrisation and `graded`, its outcome. Keys of a case: `files` (name → text or bytes),
`args` (more arguments), `exercise` (if not 07-depends), and what the test expects.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gradewright.model import Verdict
from gradewright.reports.text import lines

EXERCISE = "07-depends"
SOLUTION = Path(__file__).parents[2] / "graders" / EXERCISE / "solutions" / "annotated" / "app.py"

#: Parts of paths that are the grader's business, never the learner's.
OURS = ("cli/gradewright", "gradewright/worker", "site-packages", "/gw-", "<frozen", "<string>", "importlib/")


@dataclass(frozen=True)
class Graded:
    """One finished grade: exit code, verdict, the text a person sees, and the seconds it took."""

    code: int
    verdict: dict[str, Any]
    text: str
    seconds: float

    @property
    def problem(self) -> dict[str, Any]:
        return dict(self.verdict["problem"] or {})

    def point(self, point_id: str) -> dict[str, Any]:
        return next(dict(point) for point in self.verdict["points"] if point["id"] == point_id)

    def shows_nothing_of_ours(self) -> None:
        """Neither the text nor any string of the verdict names a file of the grader or of the packages below the app."""
        told = dict(self.verdict, isolation=[], versions={})
        whole = json.dumps(told, ensure_ascii=False) + self.text
        found = [part for part in OURS if part in whole]
        assert not found, found


def write_files(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def run_case(case: dict[str, Any], folder: Path) -> Graded:
    submission = write_files(folder / "submission", case["files"])
    exercise, args = case.get("exercise", EXERCISE), case.get("args", ())
    command = [sys.executable, "-m", "gradewright", exercise, str(submission), "--no-report", "--json", *args]
    started = time.monotonic()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    seconds = time.monotonic() - started
    assert done.stdout, done.stderr
    verdict = json.loads(done.stdout)
    text = "\n".join(line for line, _style in lines(Verdict.model_validate(verdict), every_frame=True))
    return Graded(done.returncode, verdict, text, seconds)


@pytest.fixture(scope="session")
def grades(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Graded]]]:
    """Start the grades of all collected cases; a future by node id."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        started = {}
        for item in request.session.items:
            case = getattr(item, "callspec", None) and item.callspec.params.get("case")  # type: ignore[attr-defined]
            if case and Path(__file__).parent in item.path.parents:
                started[item.nodeid] = pool.submit(run_case, case, tmp_path_factory.mktemp("case"))
        yield started
        for future in started.values():
            future.cancel()


@pytest.fixture
def graded(request: pytest.FixtureRequest, grades: dict[str, Future[Graded]]) -> Graded:
    """The outcome of this test's case."""
    return grades[request.node.nodeid].result(timeout=60)


@pytest.fixture
def grade_text(tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Grade files and return the exit code and what the terminal shows, stdout and stderr together."""

    def run(files: dict[str, str | bytes], *args: str) -> tuple[int, str]:
        submission = write_files(tmp_path / "submission", files)
        command = [sys.executable, "-m", "gradewright", EXERCISE, str(submission), *args]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout + done.stderr

    return run


@pytest.fixture(scope="session")
def solution() -> str:
    """The source of a solution that earns full marks."""
    return SOLUTION.read_text(encoding="utf-8")

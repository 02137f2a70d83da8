"""The cold grade: `grade 07-depends SOLUTION` as a whole process, isolation on and report written, against bare pytest.

The baseline imports the same app into its own process and makes the same checks with Starlette's TestClient and
`app.dependency_overrides`; plugin autoload is off and the bytecode is warm. Runs alternate, and the figure is the median of
the ratios of neighbouring runs, since these machines drift.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SOLUTION = HERE.parent / "graders" / "07-depends" / "solutions" / "annotated"
#: A grade may cost no more than the unprotected run.
TARGET = 1.0


def _grade_command() -> str:
    found = Path(sysconfig.get_path("scripts")) / "grade"
    return str(found) if found.exists() else str(shutil.which("grade"))


def _timed(command: list[str], folder: str, environment: dict[str, str]) -> float:
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode != 0:
        raise SystemExit(f"{command} failed:\n{done.stdout.decode()}\n{done.stderr.decode()}")
    return seconds


def measure(runs: int) -> dict[str, Any]:
    """Run `runs` pairs after one warm-up of each. Times are in seconds, ratios are grade / baseline."""
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    baseline = [sys.executable, "-m", "pytest", "-q", str(HERE / "baseline" / "test_depends.py")]
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(SOLUTION, Path(folder) / "solution", ignore=shutil.ignore_patterns("__pycache__"))
        grade = [_grade_command(), "07-depends", "solution"]
        environment["GRADEWRIGHT_BASELINE_APP"] = str(Path(folder) / "solution")
        _timed(grade, folder, environment)
        _timed(baseline, folder, environment)
        pairs = []
        for number in range(runs):
            order = (grade, baseline) if number % 2 else (baseline, grade)
            times = {command[0]: _timed(command, folder, environment) for command in order}
            pairs.append((times[grade[0]], times[baseline[0]]))
    ratios = sorted(ours / theirs for ours, theirs in pairs)
    return {
        "runs": runs,
        "grade": statistics.median(ours for ours, _theirs in pairs),
        "baseline": statistics.median(theirs for _ours, theirs in pairs),
        "ratio": statistics.median(ratios),
        "ratio_min": ratios[0],
        "ratio_max": ratios[-1],
        "target": TARGET,
    }


def describe(result: dict[str, Any]) -> str:
    """Return the figures as text."""
    return (
        f"cold grade of 07-depends: median {result['grade']:.3f} s, bare pytest {result['baseline']:.3f} s, "
        f"median ratio {result['ratio']:.3f} (from {result['ratio_min']:.3f} to {result['ratio_max']:.3f}, "
        f"{result['runs']} pairs; target at most {result['target']:.1f})"
    )

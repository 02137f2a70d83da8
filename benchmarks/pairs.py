"""What all measurements share: paired runs, medians with spread, and the machine they were made on."""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
SOLUTION = REPOSITORY / "graders" / "07-depends" / "solutions" / "annotated"
BASELINE = HERE / "baseline" / "test_depends.py"


def grade_command() -> str:
    """Return the installed `grade` of this environment."""
    found = Path(sysconfig.get_path("scripts")) / "grade"
    return str(found) if found.exists() else str(shutil.which("grade"))


def bare_pytest() -> list[str]:
    """Return the baseline: the same checks in one process with the app (GRADEWRIGHT_BASELINE_APP names its folder)."""
    return [sys.executable, "-m", "pytest", "-q", str(BASELINE)]


def environment(app: Path) -> dict[str, str]:
    # Both sides find their bytecode warm, whatever the shell says.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "GRADEWRIGHT_BASELINE_APP": str(app)}


def timed(command: list[str], folder: Path, env: dict[str, str]) -> float:
    """Return a command's wall time in seconds. Ends the program when it fails: a failed run measures nothing."""
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode != 0:
        raise SystemExit(f"{command} failed:\n{done.stdout.decode()}\n{done.stderr.decode()}")
    return seconds


def ratios(ours: Callable[[], float], theirs: Callable[[], float], runs: int) -> dict[str, Any]:
    """Run both in turn, `runs` times after a warm-up of each, and return medians and the spread of the ratios of neighbours."""
    ours(), theirs()
    pairs = []
    for number in range(runs):
        first, second = (ours, theirs) if number % 2 else (theirs, ours)
        one, two = first(), second()
        pairs.append((one, two) if number % 2 else (two, one))
    found = sorted(mine / other for mine, other in pairs)
    return {
        "runs": runs,
        "ours": statistics.median(mine for mine, _other in pairs),
        "baseline": statistics.median(other for _mine, other in pairs),
        "ratio": statistics.median(found),
        "ratio_min": found[0],
        "ratio_max": found[-1],
    }


def machine() -> dict[str, Any]:
    """Return what figures depend on: cores, system and versions. Nothing that names the machine."""
    from importlib import metadata

    names = ("fastapi", "starlette", "pydantic", "uvicorn", "pytest", "httpx")
    return {
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "system": f"{platform.system()} {platform.release().split('-')[0]} {platform.machine()}",
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in names},
    }

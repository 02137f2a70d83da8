"""The cold grade: `grade 07-depends SOLUTION` as a whole process, isolation on and report written, against bare pytest.

The baseline imports the same app into its own process and makes the same checks with Starlette's TestClient and
`app.dependency_overrides`; plugin autoload is off and the bytecode is warm. Runs alternate, and the figure is the median of
the ratios of neighbouring runs, since these machines drift.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import pairs

TARGET = 0.85


def measure(runs: int) -> dict[str, Any]:
    """Run `runs` pairs after one warm-up of each. Times are in seconds, ratios are grade / baseline."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(pairs.SOLUTION, folder / "solution", ignore=shutil.ignore_patterns("__pycache__"))
        grade = [pairs.grade_command(), "07-depends", "solution"]
        environment = pairs.environment(folder / "solution")
        found = pairs.ratios(
            lambda: pairs.timed(grade, folder, environment),
            lambda: pairs.timed(pairs.bare_pytest(), folder, environment),
            runs,
        )
    return {"name": "cold", **found, "target": TARGET, "met": found["ratio"] <= TARGET}

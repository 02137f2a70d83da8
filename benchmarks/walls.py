"""What the screen profile costs: a batch behind all walls against the same program with its walls taken out of a copy.

Nothing in the program can switch its walls off, so a copy of it is changed, as tests/ablation does. What is measured is a
grade in a lane, where bubblewrap is started once for many grades, and a cold grade, where it is started for one.
"""

from __future__ import annotations

import shutil
import site
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

from benchmarks import batch, pairs
from gradewright.content.root import package_folder

TARGET_MS = 30.0
SIZE = 40
#: File, what stands there, what stands in its place.
EDITS = (
    (
        "worker_control/bubblewrap.py",
        '    if sys.platform != "linux":\n        return None\n    for folder',
        "    return None\n    for folder",
    ),
    ("sandbox/walls.py", "        limits.enter(self._limits)\n", "        return\n"),
    (
        "sandbox/walls.py",
        "    try:\n        domain = landlock",
        "    return None, Layer('landlock', True, '')\n    try:\n        domain = landlock",
    ),
    (
        "sandbox/walls.py",
        "    try:\n        compiled",
        "    return None, Layer('seccomp', True, '')\n    try:\n        compiled",
    ),
)


def measure(runs: int) -> dict[str, Any]:
    """Return the milliseconds that the walls add to a grade in a lane and to a cold one: medians of `runs` pairs."""
    with tempfile.TemporaryDirectory() as name, batch.cohort(SIZE) as folder:
        bare = _without_walls(Path(name))
        lane = pairs.ratios(
            lambda: batch.LANES / batch.our_rate(folder)[0],
            lambda: batch.LANES / batch.our_rate(folder, "kata", command=[str(bare), "-m", "gradewright"])[0],
            runs,
        )
        words = ["--root", str(pairs.REPOSITORY), "07-depends", str(pairs.SOLUTION), "--no-report"]
        environment = pairs.environment(pairs.SOLUTION)
        cold = pairs.ratios(
            lambda: pairs.timed([sys.executable, "-m", "gradewright", *words], folder, environment),
            lambda: pairs.timed([str(bare), "-m", "gradewright", *words], folder, environment),
            2 * runs,
        )
    spent = (lane["ours"] - lane["baseline"]) * 1000
    return {"name": "sandbox", "runs": runs, "lane_ms": spent, "lane_ratio": lane["ratio"], "lane_ratio_min": lane["ratio_min"],
            "lane_ratio_max": lane["ratio_max"], "cold_ms": (cold["ours"] - cold["baseline"]) * 1000,
            "cold_ratio": cold["ratio"], "target": TARGET_MS, "met": spent <= TARGET_MS}  # fmt: skip


def _without_walls(place: Path) -> Path:
    """Make an environment with a copy of the program that has no walls, and return its interpreter."""
    venv.create(place / "env", symlinks=True, with_pip=False)
    packages = next((place / "env").glob("lib/python*/site-packages"))
    package = packages / "gradewright"
    shutil.copytree(package_folder(), package, ignore=shutil.ignore_patterns("__pycache__", "_content"))
    for part in ("exercises", "starter", "graders"):
        shutil.copytree(pairs.REPOSITORY / part / "07-depends", package / "_content" / part / "07-depends")
    for file, old, new in EDITS:
        source = (package / file).read_text(encoding="utf-8")
        if source.count(old) != 1:
            raise SystemExit(f"{file} has changed: benchmarks/walls.py does not know it any more")
        (package / file).write_text(source.replace(old, new), encoding="utf-8")
    others = [path for path in (*sys.path, *site.getsitepackages()) if path.endswith(("site-packages", "dist-packages"))]
    (packages / "others.pth").write_text("\n".join(dict.fromkeys(others)) + "\n", encoding="utf-8")
    return place / "env" / "bin" / "python"

"""`grade batch` in two lanes, screen profile, reports written, against two lanes of bare pytest on the same submissions."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks import pairs

LANES = 2
TARGET = 5.0
SCALE_TARGET, GROWTH_TARGET = 1.10, 20.0


@contextlib.contextmanager
def cohort(size: int) -> Iterator[Path]:
    """Make a folder with `size` copies of a solution below subs/."""
    with tempfile.TemporaryDirectory() as name:
        for number in range(size):
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(pairs.SOLUTION, Path(name, "subs", f"candidate-{number:04d}x"), ignore=ignore)
        yield Path(name)


def our_rate(
    folder: Path,
    profile: str = "screen",
    options: Sequence[str] = ("-j", str(LANES)),
    command: Sequence[str] = (),
) -> tuple[float, float]:
    """Grade all of `folder`/subs; return submissions a second and the coordinator's peak memory in MiB."""
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    words = [*(command or [pairs.grade_command()]), "-q", "batch", "subs", "-e", "07-depends", "-o", "out", *options]
    started = time.perf_counter()
    process = subprocess.Popen([*words, "--profile", profile], cwd=folder, stdout=subprocess.DEVNULL)
    peak = _watch_memory(process)
    seconds = time.perf_counter() - started
    results = list(out.glob("*/result.json"))
    full = [path for path in results if json.loads(path.read_text())["score"] == 11]
    wanted = len(list((folder / "subs").iterdir()))
    if process.returncode != 0 or len(full) != wanted:
        raise SystemExit(f"grade batch ended with {process.returncode}, {len(full)} of {wanted} with full marks")
    return wanted / seconds, peak


def _watch_memory(process: subprocess.Popen[bytes]) -> float:
    """Wait for a process; return the most resident memory it had, in MiB."""
    peak = [0.0]

    def look() -> None:
        while process.poll() is None:
            with contextlib.suppress(OSError, ValueError):
                status = Path(f"/proc/{process.pid}/status").read_text()
                found = next((line for line in status.splitlines() if line.startswith("VmRSS")), "VmRSS: 0 kB")
                peak[0] = max(peak[0], int(found.split()[1]) / 1024)
            time.sleep(0.05)

    watcher = threading.Thread(target=look)
    watcher.start()
    process.wait()
    watcher.join()
    return peak[0]


def pytest_rate(folder: Path, size: int) -> float:
    """Run bare pytest on `size` of the submissions in two lanes; return submissions a second."""
    subs = sorted((folder / "subs").iterdir())[:size]

    def one(sub: Path) -> float:
        return pairs.timed(pairs.bare_pytest(), folder, pairs.environment(sub))

    started = time.perf_counter()
    with ThreadPoolExecutor(LANES) as pool:
        list(pool.map(one, subs))
    return size / (time.perf_counter() - started)


def measure(runs: int, size: int = 200) -> dict[str, Any]:
    """Compare rates in `runs` pairs: `size` submissions of ours, a tenth of that for pytest."""
    with cohort(size) as folder:
        found = pairs.ratios(lambda: our_rate(folder)[0], lambda: pytest_rate(folder, max(4, size // 10)), runs)
    return {"name": "batch", "unit": "submissions/s", "size": size, "target": TARGET, **found, "met": found["ratio"] >= TARGET}


def scale(runs: int, small: int = 50, large: int = 1000) -> dict[str, Any]:
    """Return how time per submission and the coordinator's memory grow from `small` to `large` cohorts."""
    with cohort(small) as few, cohort(large) as many:
        our_rate(few)
        times, memory = [], []
        for _run in range(runs):
            slow, base = our_rate(few)
            fast, grown = our_rate(many)
            times.append(slow / fast)
            memory.append(grown - base)
    times.sort()
    memory.sort()
    middle = len(times) // 2
    met = times[middle] <= SCALE_TARGET and memory[middle] <= GROWTH_TARGET
    return {"name": "scale", "small": small, "large": large, "runs": runs, "ratio": times[middle], "ratio_min": times[0],
            "ratio_max": times[-1], "growth_mib": memory[middle], "target": SCALE_TARGET, "growth_target": GROWTH_TARGET,
            "met": met}  # fmt: skip

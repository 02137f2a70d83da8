"""Run one benchmark by name and print its figures; the exit code says whether it met its target."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import batch, cluster, cold, pairs, regrade, repeat, similarity, soak, thousand, walls, worker
from benchmarks.peers import measure as peers

MEASURES: dict[str, tuple[str, int, Callable[[int], dict[str, Any]]]] = {
    "cold": ("a whole grade of 07-depends against bare pytest with the same checks", 15, cold.measure),
    "regrade": ("save to verdict in grade watch against bare pytest", 15, regrade.measure),
    "batch": ("grade batch in two lanes, screen and reports, against two lanes of bare pytest", 7, batch.measure),
    "scale": ("time per submission and memory at 1,000 against 50", 3, batch.scale),
    "cluster": ("grade batch on a Dask cluster of two processes against two lanes of its own", 5, cluster.measure),
    "sandbox": ("the screen profile against a copy of the program without walls, per grade", 7, walls.measure),
    "request": ("milliseconds of one settled request (runs: requests)", 1000, worker.request),
    "memory": ("a worker's proportional memory", 7, worker.memory),
    "soak": ("hostile and honest grades mixed; nothing may be left (runs: grades)", 500, soak.mixed),
    "similarity": (
        "what grade similar finds and reports wrongly, leaving each exercise out (runs: copies)",
        5,
        similarity.measure,
    ),
    "kill": ("graders killed at random moments; nothing may be left (runs: kills)", 50, soak.killed),
}


def main() -> int:
    """Parse the arguments and run. Returns 0 when the target was met, 1 when it was not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = parser.add_subparsers(dest="name", required=True)
    for name, (text, runs, _measure) in MEASURES.items():
        one = names.add_parser(name, help=text)
        one.add_argument("--runs", type=int, default=runs, help=f"default {runs}")
        one.add_argument("--json", action="store_true", help="print JSON")
    two = names.add_parser("repeat", help="many grades on busy cores; not one verdict may change")
    two.add_argument("exercise")
    two.add_argument("--times", type=int, default=300, help="grades in all (default 300)")
    two.add_argument("--load", type=int, help="busy processes beside it (default: one a core)")
    two.add_argument("--json", action="store_true", help="print JSON")
    three = names.add_parser("peers", help="other graders with the same checks; installs them in environments of their own")
    three.add_argument("--runs", type=_positive, default=7, help="rounds after one to warm up (default 7)")
    three.add_argument("--envs", type=Path, help="keep the peers' environments here (default: a temporary folder)")
    three.add_argument("--json", action="store_true", help="print JSON")
    four = names.add_parser(
        "thousand", help="submissions with known answers, in batches; then again with the coordinator killed"
    )
    four.add_argument("--size", type=_positive, default=1000, help="submissions (default 1000)")
    four.add_argument("--profile", choices=["screen", "kata"], default="screen", help="default screen")
    four.add_argument("--lanes", type=_positive, default=2, help="default 2")
    four.add_argument("--kills", type=int, default=3, help="0 leaves the second round out (default 3)")
    four.add_argument("--only", action="append", default=[], metavar="EXERCISE", help="these exercises only; repeatable")
    four.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    if arguments.name == "repeat":
        result = repeat.measure(arguments.exercise, arguments.times, arguments.load)
        result["met"] = not result["changed"]
        text = repeat.describe(result)
    elif arguments.name == "thousand":
        result = thousand.measure(arguments.size, arguments.profile, arguments.lanes, arguments.kills, arguments.only)
        text = _lines(result)
    elif arguments.name == "peers":
        result = peers.measure(arguments.runs, arguments.envs)
        text = peers.describe(result)
    else:
        result = MEASURES[arguments.name][2](arguments.runs)
        text = _lines(result)
    result["machine"] = pairs.machine()
    print(json.dumps(result, indent=2) if arguments.json else text)
    return 0 if result.get("met", True) else 1


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _lines(result: dict[str, Any]) -> str:
    return "\n".join(f"{key:>24}  {_shown(value)}" for key, value in result.items())


def _shown(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    sys.exit(main())

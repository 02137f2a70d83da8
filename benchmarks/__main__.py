"""Run one benchmark by name and print its figures; the exit code says whether it met its target."""

from __future__ import annotations

import argparse
import json
import sys

from benchmarks import cold, repeat


def main() -> int:
    """Parse the arguments and run. Returns 0 when the target was met, 1 when it was not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = parser.add_subparsers(dest="name", required=True)
    one = names.add_parser("cold", help="a whole grade of 07-depends against bare pytest with the same checks")
    one.add_argument("--runs", type=int, default=15, help="pairs of runs, at least 7 (default 15)")
    two = names.add_parser("repeat", help="many grades on busy cores; not one verdict may change")
    two.add_argument("exercise")
    two.add_argument("--times", type=int, default=300, help="grades in all (default 300)")
    two.add_argument("--load", type=int, help="busy processes beside it (default: one a core)")
    for each in (one, two):
        each.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    if arguments.name == "cold":
        result = cold.measure(max(7, arguments.runs))
        text, met = cold.describe(result), result["ratio"] <= cold.TARGET
    else:
        result = repeat.measure(arguments.exercise, arguments.times, arguments.load)
        text, met = repeat.describe(result), not result["changed"]
    print(json.dumps(result, indent=2) if arguments.json else text)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())

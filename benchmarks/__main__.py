"""Run one benchmark by name and print its figures; the exit code says whether it met its target."""

from __future__ import annotations

import argparse
import json
import sys

from benchmarks import cold


def main() -> int:
    """Parse the arguments and run. Returns 0 when the target was met, 1 when it was not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = parser.add_subparsers(dest="name", required=True)
    one = names.add_parser("cold", help="a whole grade of 07-depends against bare pytest with the same checks")
    one.add_argument("--runs", type=int, default=15, help="pairs of runs, at least 7 (default 15)")
    one.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    result = cold.measure(max(7, arguments.runs))
    print(json.dumps(result, indent=2) if arguments.json else cold.describe(result))
    return 0 if result["ratio"] <= cold.TARGET else 1


if __name__ == "__main__":
    sys.exit(main())

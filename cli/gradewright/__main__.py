"""Entry point of `grade` and `gradewright`."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line and leave with its exit code.

    The interpreter's own shutdown (collecting a few hundred thousand objects) costs a tenth of a grade, so after flushing
    the process leaves at once.
    """
    from gradewright.commands import run

    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = code or 1
    os._exit(code)


if __name__ == "__main__":
    main()

"""The submission's app, with a window for the starts at which no test has chosen one."""

import os
import sys

from gradewright.worker.loader import LoadProblem, load

os.environ.setdefault("RATE_WINDOW", "60")

try:
    app = load(os.path.dirname(os.path.abspath(__file__)), None).app
except LoadProblem as problem:
    # What a learner should read is the error itself; this module is imported by a loader that explains it.
    told = ", ".join(f"{name}: {value}" for name, value in problem.facts.items() if value)
    error = problem.__context__ or ImportError(f"the app was not found ({told})")
    sys.stderr.write(f"{told}\n")
    raise error from None

"""The submission's app, with the environment that a test wants.

The first start comes before any test and brings no secret, so it gets one here. Later starts name in GRADED_WITHOUT what is
missing.
"""

import os
import secrets

from gradewright.worker.loader import LoadProblem, load

absent = os.environ.pop("GRADED_WITHOUT", None)
if absent is None:
    os.environ.setdefault("JWT_SECRET", secrets.token_hex(32))
else:
    for name in absent.split(","):
        os.environ.pop(name, None)

try:
    app = load(os.path.dirname(os.path.abspath(__file__)), None).app
except LoadProblem as problem:
    # What a learner should read is the error itself; this module is imported by a loader that explains it.
    told = ", ".join(f"{name}: {value}" for name, value in problem.facts.items() if value)
    raise (problem.__context__ or ImportError(f"the app was not found ({told})")) from None

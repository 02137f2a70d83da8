"""The submission's app, with the environment that a test wants.

The first start comes before any test and brings no variables, so it gets them here; later starts say that theirs are all there
are.
"""

import os
import secrets

from gradewright.worker.loader import LoadProblem, load

if os.environ.pop("GRADED_ENVIRONMENT", None) is None:
    os.environ.setdefault("APP_ENV", "dev")
    for name in ("APP_VERSION", "DOCS_USER", "DOCS_PASSWORD"):
        os.environ.setdefault(name, secrets.token_hex(8))

try:
    app = load(os.path.dirname(os.path.abspath(__file__)), None).app
except LoadProblem as problem:
    # What a learner should read is the error itself; this module is imported by a loader that explains it.
    told = ", ".join(f"{name}: {value}" for name, value in problem.facts.items() if value)
    raise (problem.__context__ or ImportError(f"the app was not found ({told})")) from None

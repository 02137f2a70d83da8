"""The submission's app, with the environment that a test wants.

The first start comes before any test and brings no variables, so it gets them here; later starts say that theirs are all there
are. An instance that is started beside another one may edit .env first, as a colleague would on the same machine.
"""

import os
import secrets
import sys

from gradewright.worker.loader import LoadProblem, load
from gradewright.worker.tracebacks import shortened

if os.environ.pop("GRADED_ENVIRONMENT", None) is None:
    os.environ.setdefault("APP_NAME", "first")
    os.environ.setdefault("APP_DATABASE_URL", "postgresql://localhost/first")
    os.environ.setdefault("APP_JWT_SECRET", secrets.token_hex(32))

edited = os.environ.pop("GRADED_EDIT", None)
if edited is not None:
    with open(".env", "w", encoding="utf-8") as file:
        file.write(edited)

try:
    app = load(os.path.dirname(os.path.abspath(__file__)), None).app
except LoadProblem as problem:
    # What a learner should read is the error itself; this module is imported by a loader that explains it.
    told = ", ".join(f"{name}: {value}" for name, value in problem.facts.items() if value)
    error = problem.__context__ or ImportError(f"the app was not found ({told})")
    # uvicorn would let it pass, and Python would print it: what it shows is part of the grade.
    if not isinstance(error, SystemExit):
        sys.stderr.write(f"{shortened(error)}\n")
    elif isinstance(error.code, str):
        sys.stderr.write(f"{error.code}\n")
    raise error from None

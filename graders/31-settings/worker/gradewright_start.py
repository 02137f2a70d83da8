"""The submission's app, with the environment that a test wants.

The first start comes before any test and brings no variables, so it gets them here; later starts say that theirs are all there
are. An instance that is started beside another one may edit .env first, as a colleague would on the same machine.
"""

import os
import secrets
import sys

from gradewright.worker.loader import LoadProblem, load_beside
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
    app = load_beside(__file__)
except LoadProblem as problem:
    # What a learner should read is the error itself.
    error = problem.__context__ or problem
    # uvicorn would let it pass, and Python would print it: what it shows is part of the grade.
    if not isinstance(error, SystemExit):
        sys.stderr.write(f"{shortened(error)}\n")
    elif isinstance(error.code, str):
        sys.stderr.write(f"{error.code}\n")
    raise

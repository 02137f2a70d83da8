"""The submission's app. The first start comes before any test and brings no variables, so it gets them here."""

import os

from gradewright.worker.loader import LoadProblem, load

os.environ.setdefault("UPLOAD_DIR", "first/uploads")
os.environ.setdefault("MAX_BYTES", "3000000")

try:
    app = load(os.path.dirname(os.path.abspath(__file__)), None).app
except LoadProblem as problem:
    # What a learner should read is the error itself; this module is imported by a loader that explains it.
    told = ", ".join(f"{name}: {value}" for name, value in problem.facts.items() if value)
    raise (problem.__context__ or ImportError(f"the app was not found ({told})")) from None

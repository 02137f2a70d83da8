"""The submission's app, with the environment that a test wants.

The first start comes before any test and brings no variables, so it gets them here; later starts say that theirs are all there
are.
"""

import os
import secrets

from gradewright.worker.loader import load_beside

if os.environ.pop("GRADED_ENVIRONMENT", None) is None:
    os.environ.setdefault("APP_ENV", "dev")
    for name in ("APP_VERSION", "DOCS_USER", "DOCS_PASSWORD"):
        os.environ.setdefault(name, secrets.token_hex(8))

app = load_beside(__file__)

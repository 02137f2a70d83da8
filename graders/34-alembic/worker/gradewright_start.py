"""The submission's app, with a DATABASE_URL also where no test has set one: the brief promises that it is always there."""

import os

from gradewright.worker.loader import load_beside

os.environ.setdefault("DATABASE_URL", "sqlite:///app.db")

app = load_beside(__file__, tell=True)

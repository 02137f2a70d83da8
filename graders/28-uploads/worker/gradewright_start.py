"""The submission's app. The first start comes before any test and brings no variables, so it gets them here."""

import os

from gradewright.worker.loader import load_beside

os.environ.setdefault("UPLOAD_DIR", "first/uploads")
os.environ.setdefault("MAX_BYTES", "3000000")

app = load_beside(__file__)

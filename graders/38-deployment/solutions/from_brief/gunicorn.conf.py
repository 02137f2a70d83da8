"""Everything that may differ between deployments comes from the environment."""

import os

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "uvicorn_worker.UvicornWorker"

# A request takes 2 seconds; the platform gives us 10 between SIGTERM and SIGKILL.
graceful_timeout = 7
timeout = 30
accesslog = "-"

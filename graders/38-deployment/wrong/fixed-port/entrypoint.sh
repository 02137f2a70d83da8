#!/bin/sh
set -e
# uvicorn reads WEB_CONCURRENCY by itself.
exec "$@" --port 8000 --timeout-graceful-shutdown 8

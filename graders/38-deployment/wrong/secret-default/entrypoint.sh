#!/bin/sh
set -e
export APP_SECRET="${APP_SECRET:-insecure-dev-secret}"
# uvicorn reads WEB_CONCURRENCY by itself.
exec "$@" --port "$PORT" --timeout-graceful-shutdown 8

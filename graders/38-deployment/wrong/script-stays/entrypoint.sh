#!/bin/sh
set -e
# uvicorn reads WEB_CONCURRENCY by itself.
"$@" --port "$PORT" --timeout-graceful-shutdown 8

"""A queue of jobs in a file, which outlives your app. Do not edit it: while grading, a module with the same API replaces it."""

import contextlib
import json
import sqlite3
import uuid
from pathlib import Path

PATH = Path(__file__).with_name("jobs.sqlite3")
TABLE = "CREATE TABLE IF NOT EXISTS jobs (id TEXT PRIMARY KEY, kind TEXT, payload TEXT, done INTEGER DEFAULT 0)"


def enqueue(kind, payload):
    """Store a job for worker.py and return its id. When this has returned, the job is safe. May block for a moment."""
    job_id = uuid.uuid4().hex
    with contextlib.closing(sqlite3.connect(PATH)) as queue, queue:
        queue.execute(TABLE)
        queue.execute("INSERT INTO jobs (id, kind, payload) VALUES (?, ?, ?)", (job_id, kind, json.dumps(payload)))
    return job_id

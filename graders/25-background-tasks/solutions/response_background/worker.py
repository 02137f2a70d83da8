"""Does the jobs in the queue, in a process of its own: python worker.py. Your app neither imports nor starts it."""

import contextlib
import sqlite3

import jobs


def main():
    with contextlib.closing(sqlite3.connect(jobs.PATH)) as queue, queue:
        queue.execute(jobs.TABLE)
        waiting = queue.execute("SELECT id, kind, payload FROM jobs WHERE done = 0").fetchall()
        for job_id, kind, payload in waiting:
            print(f"worker: {kind} {payload} (job {job_id})")
            queue.execute("UPDATE jobs SET done = 1 WHERE id = ?", (job_id,))
    print(f"worker: {len(waiting)} jobs done")


if __name__ == "__main__":
    main()

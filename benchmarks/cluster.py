"""`grade batch --engine dask` on a cluster of real processes on this machine, against the local engine with as many lanes."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import batch, pairs

WORKERS, TARGET = 2, 1.3


@dataclass(slots=True)
class Cluster:
    """A running scheduler and its workers, each with one thread. Their output goes to files in `folder`."""

    address: str
    folder: Path
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def add_worker(self) -> None:
        """Start a worker without a nanny: killed, it stays away, and its submission must go to another."""
        number = len(self.workers)
        command = ["worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
        self.workers.append(_start(self.folder, f"worker-{number}", [*command, "--local-directory", str(self.folder)]))


@contextlib.contextmanager
def running(workers: int = WORKERS) -> Iterator[Cluster]:
    """Start a scheduler and workers on the loopback interface, end them afterwards. Raises SystemExit if they do not come."""
    folder = Path(tempfile.mkdtemp(prefix="gw-cluster-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    command = ["scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    cluster = Cluster(address, folder, _start(folder, "scheduler", command))
    try:
        for _worker in range(workers):
            cluster.add_worker()
        _wait(cluster, workers)
        yield cluster
    finally:
        for process in (*cluster.workers, cluster.scheduler):
            with contextlib.suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, name: str, arguments: list[str]) -> subprocess.Popen[bytes]:
    with (folder / f"{name}.log").open("wb") as log:
        command = [sys.executable, "-m", "dask", *arguments]
        return subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, start_new_session=True)


def _wait(cluster: Cluster, workers: int, limit: float = 120.0) -> None:
    until = time.monotonic() + limit
    while time.monotonic() < until:
        log = (cluster.folder / "scheduler.log").read_text(errors="replace")
        if log.count("Register worker") >= workers:
            return
        if cluster.scheduler.poll() is not None:
            break
        time.sleep(0.2)
    raise SystemExit(f"the cluster did not start:\n{(cluster.folder / 'scheduler.log').read_text(errors='replace')[-2000:]}")


def measure(runs: int, size: int = 60) -> dict[str, Any]:
    """Compare the seconds of whole commands, lanes started anew in each: `size` submissions, as many lanes as workers."""
    with running() as cluster, batch.cohort(size) as folder:
        options = ["--engine", "dask", "--scheduler", cluster.address]
        found = pairs.ratios(
            lambda: size / batch.our_rate(folder, options=options)[0],
            lambda: size / batch.our_rate(folder, options=["-j", str(WORKERS)])[0],
            runs,
        )
    return {"name": "cluster", "unit": "s", "size": size, **found, "target": TARGET, "met": found["ratio"] <= TARGET}

"""Grants: what an exercise may need beyond the plain limits, each as the least that makes its honest solutions run.

========= ==========================================================================================================
processes start processes: fork, and exec of this Python interpreter only (multiprocessing, anyio.to_process)
exec      processes, and exec of the programs on the PATH (tools that the exercise works with)
tcp_listen listen on one TCP port, which the environment names as PORT (a server of its own, such as gunicorn)
tcp_probe connect to the port of tcp_listen, and to nothing else (a container's health check)
upstream  connect to the HTTP service that the grader runs for this grade, and to nothing else
redis     connect to the Redis server that the grader runs for this grade, and to nothing else
pytest    run tests that the learner wrote (they run in the same walls; no further right)
big_files files of up to 1 GiB instead of 16 MiB (an upload that is refused must first arrive)
========= ==========================================================================================================
"""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterable

KNOWN = frozenset({"processes", "exec", "big_files", "tcp_listen", "tcp_probe", "upstream", "redis", "pytest"})
#: Grants that come with a service on the grader's side, which the app reaches over loopback.
SERVICES = ("upstream", "redis")

BIG_FILE = 1 << 30
#: The kernel opens a program's loader for execution, too.
LOADERS = ("/lib64/ld-linux*.so*", "/lib/ld-linux*.so*", "/lib/*/ld-linux*.so*", "/lib/ld-musl*.so*")
PROGRAMS = ("/usr/bin", "/usr/local/bin")


def starts_processes(grants: Iterable[str]) -> bool:
    return not {"processes", "exec"}.isdisjoint(grants)


def listens(grants: Iterable[str]) -> bool:
    return "tcp_listen" in set(grants)


def connects(grants: Iterable[str]) -> bool:
    return not {*SERVICES, "tcp_probe"}.isdisjoint(grants)


def probes(grants: Iterable[str]) -> bool:
    return "tcp_probe" in set(grants)


def executable(grants: Iterable[str]) -> list[str]:
    """Return the files and folders that may be executed."""
    grants = set(grants)
    if not starts_processes(grants):
        return []
    found = [os.path.realpath(sys.executable)]
    found += [os.path.realpath(path) for pattern in LOADERS for path in glob.glob(pattern)]
    if "exec" in grants:
        found += [*PROGRAMS, os.path.join(sys.prefix, "bin"), os.path.join(sys.base_prefix, "bin")]
    return sorted(set(found))


def readable(grants: Iterable[str]) -> list[str]:
    """Return what a started Python reads before its import path works: its environment's mark and its own library."""
    if not starts_processes(grants):
        return []
    libraries = glob.glob(os.path.join(sys.base_prefix, "lib", "libpython*.so*"))
    return [path for path in (os.path.join(sys.prefix, "pyvenv.cfg"), *libraries) if os.path.exists(path)]


def writable(grants: Iterable[str]) -> list[str]:
    """Return what may be written besides the scratch folders: multiprocessing keeps its semaphores in shared memory."""
    return ["/dev/shm"] if starts_processes(grants) else []  # noqa: S108 - the kernel's, private under bubblewrap


def limits(grants: Iterable[str]) -> dict[str, int]:
    """Return the resource limits that the grants replace."""
    return {"FSIZE": BIG_FILE} if "big_files" in set(grants) else {}

"""Starts the zygote process. Few imports, all of the standard library: this runs before anything else of a grade."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

#: The zygote's whole environment. Nothing of the user's crosses (keys, tokens, proxies, PYTHON*).
ZYGOTE_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "MALLOC_ARENA_MAX": "2",  # glibc's per-thread arenas would eat the address-space limit at 16 threads
}


class ZygoteProcess:
    """A zygote that is warming up, and the grader's end of its control socket. (A dataclass would import inspect first.)"""

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket) -> None:
        self.process = process
        self.control = control

    def kill(self) -> None:
        """End it and, through the parent-death signal, every worker it forked."""
        self.control.close()
        self.process.kill()
        self.process.wait()


def start_python(
    code: str, *fds: int, env: dict[str, str] | None = None, python: str = "", stderr: int | None = None
) -> subprocess.Popen[bytes]:
    """Start `python -c code` in its own session with `fds` inherited; stdin and stdout lead nowhere.

    -P keeps the working directory off sys.path and -E ignores PYTHON* variables: both belong to whoever runs `grade`.
    """
    return subprocess.Popen(
        [python or sys.executable, "-E", "-P", "-c", code],
        stdin=subprocess.DEVNULL,
        stdout=stderr,
        stderr=stderr,
        env=env,
        pass_fds=fds,
        start_new_session=True,
    )


def start_zygote(python: str = "") -> ZygoteProcess:
    """Start a zygote and return at once; it imports the learner's stack while the caller goes on."""
    ours, theirs = socket.socketpair()
    code = f"from gradewright.worker.zygote import main; main({theirs.fileno()}, {os.getpid()})"
    process = start_python(code, theirs.fileno(), env=ZYGOTE_ENVIRONMENT, python=python)
    theirs.close()
    return ZygoteProcess(process, ours)

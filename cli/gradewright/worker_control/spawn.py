"""Starts the zygote process. Few imports, all of the standard library: this runs before anything else of a grade."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys

from gradewright.worker_control import bubblewrap

#: The zygote's whole environment. Nothing of the user's crosses (keys, tokens, proxies, PYTHON*).
ZYGOTE_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "MALLOC_ARENA_MAX": "2",  # glibc's per-thread arenas would eat the address-space limit at 16 threads
}


class ZygoteProcess:
    """A zygote that is warming up, the grader's end of its control socket, and where its output goes.

    (A dataclass would import inspect first, which costs more than the whole module.)
    """

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket, output: int) -> None:
        self.process = process
        self.control = control
        self.output = output

    def stop(self, seconds: float = 1.0) -> None:
        """Wait for it to end by itself, as it does when its socket closes, and kill it after `seconds`.

        A zygote that ends by itself kills every process below it first, those that left their worker's group included.
        """
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        with contextlib.suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.output)


def python_command(code: str, python: str = "") -> list[str]:
    """Return `python -c code`: -P keeps the working directory off sys.path and -E ignores PYTHON* variables."""
    return [python or sys.executable, "-E", "-P", "-c", code]


def start(words: list[str], *fds: int, output: int, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start a command in its own session with `fds` inherited; what it prints goes to the descriptor `output`."""
    return subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env, pass_fds=fds, start_new_session=True
    )


def start_zygote(work: str, python: str = "") -> ZygoteProcess:
    """Start a zygote for the grade whose private folder is `work`, and return at once; it imports the learner's stack.

    It runs under bubblewrap where there is one and the machine allows it, else without; it says which.
    """
    ours, theirs = socket.socketpair()
    descriptor = theirs.fileno()

    def run(parent: int, *, wrapped: bool) -> list[str]:
        code = f"from gradewright.worker.zygote import main; main({descriptor}, {parent}, wrapped={wrapped})"
        return python_command(code, python)

    words = run(0, wrapped=False)
    bwrap = bubblewrap.find()
    if bwrap is not None:
        package = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
        inner = run(0, wrapped=True)
        words = bubblewrap.with_fallback(bubblewrap.command(bwrap, work, package, inner, python), words)
    output = anonymous_file("zygote")
    process = start(words, descriptor, output=output, env=ZYGOTE_ENVIRONMENT)
    theirs.close()
    return ZygoteProcess(process, ours, output)


def anonymous_file(name: str) -> int:
    """Return a descriptor for a process's own output, read only when it fails."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create(f"gradewright-{name}")
    import tempfile

    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def last_words(descriptor: int) -> str:
    """Return the end of what a process wrote to its anonymous file."""
    with contextlib.suppress(OSError):
        size = os.fstat(descriptor).st_size
        return os.pread(descriptor, 4000, max(0, size - 4000)).decode(errors="replace").strip()
    return ""

"""Starts the zygote process. Few imports, all of the standard library: this runs before anything else of a grade."""

from __future__ import annotations

import contextlib
import os
import select
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
        wait_for(self.process, seconds)
        with contextlib.suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.output)


def wait_for(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Return as soon as the process has ended, at the latest after `seconds`.

    Popen.wait with a timeout looks ever more seldom, and so may notice an end half as late again as it came.
    """
    if process.poll() is None and hasattr(os, "pidfd_open"):
        ended = os.pidfd_open(process.pid)
        try:
            select.select([ended], [], [], seconds)
        finally:
            os.close(ended)
    else:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)


def keep_compiled(package: str) -> None:
    """Compile what the zygote imports of `package`: behind its walls it could not keep what it compiled.

    An installer has done this already; a checkout that is installed in place has not.
    """
    if sys.dont_write_bytecode or os.path.isdir(os.path.join(package, "worker", "__pycache__")):
        return
    import compileall

    for name in bubblewrap.PACKAGE_PARTS:
        path = os.path.join(package, name)
        if os.path.isdir(path):
            compileall.compile_dir(path, quiet=2)
        else:
            compileall.compile_file(path, quiet=2)


def python_command(code: str, python: str = "") -> list[str]:
    """Return `python -c code`: -P keeps the working directory off sys.path and -E ignores PYTHON* variables."""
    return [python or sys.executable, "-E", "-P", "-c", code]


def start(words: list[str], *fds: int, output: int, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start a command in its own session with `fds` inherited; what it prints goes to the descriptor `output`."""
    return subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env, pass_fds=fds, start_new_session=True
    )


def start_zygote(work: str, python: str = "", engine: str = "") -> ZygoteProcess:
    """Start a zygote for the grade whose private folder is `work`, and return at once; it imports the learner's stack.

    `python` is the interpreter of another environment, which need not have gradewright; `engine` is `zygote` (fork, the default
    on Linux) or `spawn`. It runs under bubblewrap where there is one and the machine allows it, else without; it says which.
    """
    ours, theirs = socket.socketpair()
    descriptor = theirs.fileno()

    def run(parent: int, *, wrapped: bool) -> list[str]:
        arguments = f"{descriptor}, {parent}, wrapped={wrapped}, by_spawn={by_spawn}"
        return python_command(f"{find_package}from gradewright.worker.zygote import main; main({arguments})", python)

    by_spawn = engine == "spawn" or (engine != "zygote" and sys.platform != "linux")
    package = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    keep_compiled(package)
    find_package = f"import sys; sys.path.insert(0, {lend_package(work, package)!r}); " if python else ""
    words = run(0, wrapped=False)
    bwrap = bubblewrap.find()
    if bwrap is not None:
        inner = run(0, wrapped=True)
        words = bubblewrap.with_fallback(bubblewrap.command(bwrap, work, package, inner, python), words)
    output = anonymous_file("zygote")
    process = start(words, descriptor, output=output, env=ZYGOTE_ENVIRONMENT)
    theirs.close()
    return ZygoteProcess(process, ours, output)


def lend_package(work: str, package: str) -> str:
    """Make a folder from which a foreign Python can import the zygote's parts, and nothing else of this environment."""
    folder = os.path.join(work, "farm", "engine")
    os.makedirs(os.path.join(folder, "gradewright"))
    for name in bubblewrap.PACKAGE_PARTS:
        os.symlink(os.path.join(package, name), os.path.join(folder, "gradewright", name))
    for name in ("landlockpy", "pyseccomp.py"):
        for path in sys.path:
            if os.path.exists(os.path.join(path, name)):
                os.symlink(os.path.join(path, name), os.path.join(folder, name))
                break
    return folder


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

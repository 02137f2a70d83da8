"""What workers stand on: their files, ports and tasks. Done by the zygote for them, before and between their lives."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import socket
import sys
import threading
import time

from gradewright.emptying import empty


def listen_on_loopback() -> socket.socket:
    """Open a listener in this network namespace; the grader gets it and accepts on it, so that an app can reach a service."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    return listener


def free_port() -> int:
    with listen_on_loopback() as listener:
        return int(listener.getsockname()[1])


def limit_tasks(most: int = 400) -> None:
    """Bound the tasks of this pid namespace, root's too. Only from Linux 6.14 on is the setting the namespace's own.

    In a namespace of its own the zygote is one of the first processes; elsewhere the setting would be the whole machine's.
    """
    if os.getpid() > 100:
        return
    with open("/proc/1/comm", encoding="utf-8") as first:
        if first.read().strip() != "bwrap":
            # Not in a namespace of bubblewrap's after all: the limit would be the whole machine's.
            return
    release = os.uname().release.split(".")
    if [int(part) if part.isdigit() else 0 for part in release[:2]] < [6, 14]:
        return
    with contextlib.suppress(OSError), open("/proc/sys/kernel/pid_max", "w", encoding="ascii") as file:
        file.write(str(most))


def restore(folders: dict[str, str]) -> None:
    """Put the submission's files back as they were handed in, and empty the scratch folder."""
    clear(folders)
    shutil.copytree(folders["pristine"], folders["submission"], dirs_exist_ok=True)


def clear(folders: dict[str, str]) -> None:
    """Empty the folders that an app may write, and give them back the mode that it may have changed."""
    for name in ("submission", "scratch"):
        if name in folders:
            os.chmod(folders[name], 0o700)
            empty(folders[name])


def watch(pid: int) -> int:
    """Return a descriptor that becomes readable when the child `pid` has ended; it is left for waitpid."""
    if hasattr(os, "pidfd_open"):
        return os.pidfd_open(pid)
    read, write = os.pipe()

    def wait() -> None:
        with contextlib.suppress(OSError):
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        os.close(write)

    threading.Thread(target=wait, daemon=True).start()
    return read


def ended(descriptor: int, seconds: float) -> bool:
    """Return whether a watched child ends within `seconds`."""
    return bool(select.select([descriptor], [], [], seconds)[0])


def kill(pid: int, number: int) -> None:
    """Send a signal to a worker; SIGKILL goes to its whole process group."""
    with contextlib.suppress(OSError):
        if number == signal.SIGKILL:
            os.killpg(pid, number)
    with contextlib.suppress(OSError):
        os.kill(pid, number)


def end_others(seconds: float = 2.0) -> None:
    """Kill every process of this pid namespace but its first (bubblewrap's, which reaps them) and the caller."""
    with contextlib.suppress(OSError):
        os.kill(-1, signal.SIGKILL)
    deadline = time.monotonic() + seconds
    while _others() and time.monotonic() < deadline:
        time.sleep(0.001)


def _others() -> list[str]:
    return [name for name in os.listdir("/proc") if name.isdigit() and int(name) not in (1, os.getpid())]


def versions() -> dict[str, str]:
    """Return the versions of this Python and of what it has imported of the learner's stack."""
    found = {"python": ".".join(str(part) for part in sys.version_info[:3])}
    for name in ("fastapi", "starlette", "pydantic", "uvicorn"):
        module = sys.modules.get(name)
        if module is not None:
            found[name] = str(getattr(module, "__version__", "unknown"))
    return found

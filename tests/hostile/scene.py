"""What stands around a hostile submission: its content root, servers that nothing may reach, and what must stay as it was."""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import shutil
import signal
import socket
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

POINT = """
[[points]]
id = "{id}"
title = "The point {id}"
weight = 1
evidence = "wire"
question = "Why?"
answer = "Because."
follow_up = "And then?"
hints = ["one", "two", "three"]
"""
IPC_CREAT, IPC_RMID = 0o1000, 0


def make_content(case: dict[str, Any], folder: Path, root: Path, exercise: str) -> list[str]:
    """Return the arguments that name a case's exercise: `exercise` as it is, with grants or limits, or one made of a suite."""
    extra = "".join(f"grants = {list(case['grants'])!r}\n".replace("'", '"') for _ in case.get("grants", ())[:1])
    limits = ", ".join(f"{name} = {value}" for name, value in case.get("limits", {}).items())
    extra += f"limits = {{ {limits} }}\n" if limits else ""
    if not extra and "suite" not in case:
        return [exercise]
    made = folder / "root"
    if "suite" in case:
        suite = textwrap.dedent(case["suite"])
        points = dict.fromkeys(line.split('"')[1] for line in suite.splitlines() if line.startswith("@point("))
        exercise = "01-made"
        for part in ("exercises", "starter", "graders"):
            (made / part / exercise).mkdir(parents=True)
        (made / "graders" / exercise / "suite").mkdir()
        (made / "graders" / exercise / "suite" / "test_01_made.py").write_text(suite)
        toml = 'title = "Made for a test"\nlevel = "basic"\nminutes = 1\n' + "".join(POINT.format(id=name) for name in points)
        (made / "exercises" / exercise / "README.md").write_text("# Brief\n")
        (made / "starter" / exercise / "app.py").write_text("from fastapi import FastAPI\n\napp = FastAPI()\n")
    else:
        for part in ("exercises", "starter", "graders"):
            shutil.copytree(root / part / exercise, made / part / exercise)
        toml = (made / "exercises" / exercise / "exercise.toml").read_text()
    (made / "exercises" / exercise / "exercise.toml").write_text(extra + toml)
    return ["--root", str(made), exercise]


def describe(path: Path) -> dict[str, Any]:
    status = path.stat()
    return {
        "content": path.read_bytes(),
        "mode": status.st_mode,
        "owner": (status.st_uid, status.st_gid),
        "modified": status.st_mtime_ns,
        "links": status.st_nlink,
        "attributes": os.listxattr(path),
    }


def listen(folder: Path) -> list[socket.socket]:
    """Return servers that nothing may reach: TCP, UDP, a Unix socket by path, an abstract one, and one for datagrams."""
    tcp = socket.create_server(("127.0.0.1", 0))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    path, abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
    path.bind(str(folder / "server.sock"))
    abstract.bind(f"\0{folder.name}")
    for server in (path, abstract):
        server.listen()
    datagrams = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    datagrams.bind(str(folder / "datagrams.sock"))
    return [tcp, udp, path, abstract, datagrams]


def is_readable(server: socket.socket) -> bool:
    return bool(select.select([server], [], [], 0)[0])


@contextlib.contextmanager
def message_queue() -> Iterator[int]:
    """Make a System V message queue of this user for the length of the block, and return its key."""
    libc = ctypes.CDLL(None, use_errno=True)
    key = int.from_bytes(os.urandom(3), "big") + 1
    number = libc.msgget(key, IPC_CREAT | 0o600)
    try:
        yield key
    finally:
        libc.msgctl(number, IPC_RMID, None)


def state_of(process: int) -> dict[str, Any]:
    """Return what another process of the same user could change about one: its priority, its processors, its limits."""
    limits = Path(f"/proc/{process}/limits").read_text()
    return {"nice": os.getpriority(os.PRIO_PROCESS, process), "processors": os.sched_getaffinity(process), "limits": limits}


def below(folder: Path) -> list[str]:
    """Return the processes that still work in a folder, and end them: they are the submission's."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                place = os.readlink(entry / "cwd")
            except OSError:
                continue
            if place.startswith(str(folder)):
                found.append(f"process {entry.name} still runs in {place}")
                with contextlib.suppress(OSError):
                    os.kill(int(entry.name), signal.SIGKILL)
    return found

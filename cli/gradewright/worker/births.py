"""How a worker comes to life: by a fork of the warm zygote, or, where fork is unsafe, as a Python process of its own."""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import sys
import tempfile
import traceback
from typing import Any

from gradewright.protocol import Message
from gradewright.worker import postponed

#: Imported before the first request: what every exercise needs. Exercises name more under `preload`.
WARM = (
    "fastapi",
    "uvicorn.lifespan.on",
    "uvicorn.logging",
    "anyio._backends._asyncio",
    "gradewright.worker.child",
)
#: How often `rehearse` builds and asks its app: after some rounds Python has specialized most of the code on the way (PEP 659).
ROUNDS = 4


def warm(more: tuple[str, ...] = ()) -> None:
    """Import what every worker needs. Nothing here may start a thread or open a file that stays open."""
    postponed.postpone()
    for name in (*WARM, *more):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    postponed.load(more)


def rehearse() -> None:
    """Build a small app and ask it, so that what FastAPI imports and caches on first use is there before the fork.

    It pays only where several grades follow. An environment without FastAPI, or with one that differs, does without. The
    imports' garbage goes first, and each round's after it: what stays lies closer together, and workers copy half a MiB less.
    """
    with contextlib.suppress(Exception):
        import asyncio

        from gradewright.worker.rehearsal import ask

        gc.collect()
        for _round in range(ROUNDS):
            asyncio.run(ask())
            gc.collect(0)


def fork(message: Message, fds: list[int], *, import_path: list[str], walls: Any) -> int:
    """Fork a worker and return its pid. Only for a process with a single thread."""
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        # From here on this process belongs to the submission. Nothing may return into the zygote's loop.
        try:
            from gradewright.worker.child import run

            run(message, fds, import_path=import_path, walls=walls, parent=parent)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(71)
    return pid


def spawn(message: Message, fds: list[int], *, import_path: list[str], policy: Message, preload: tuple[str, ...]) -> int:
    """Start a worker as a new Python process and return its pid. It imports everything itself."""
    order = {"message": message, "fds": fds, "import_path": import_path, "policy": policy, "preload": preload}
    with tempfile.TemporaryFile() as file:
        file.write(json.dumps({**order, "parent": os.getpid()}).encode())
        file.flush()
        for descriptor in (*fds, file.fileno()):
            os.set_inheritable(descriptor, True)
        code = f"{own_path_code()}from gradewright.worker.births import main; main({file.fileno()})"
        words = [sys.executable, "-E", "-P", "-c", code]
        return os.posix_spawn(sys.executable, words, dict(os.environ))


def own_path_code() -> str:
    """Return code that makes this package importable where it is not installed (a candidate's own environment)."""
    paths = [path for path in sys.path if os.path.basename(path) == "engine"]
    return f"import sys; sys.path.insert(0, {paths[0]!r}); " if paths else ""


def main(order_file: int) -> None:
    """Entry point of a spawned worker; `order_file` holds its order as JSON."""
    with os.fdopen(order_file, "rb") as file:
        file.seek(0)
        order = json.load(file)
    warm(tuple(order["preload"]))
    from gradewright.sandbox import Policy, prepare
    from gradewright.worker.child import run

    walls = prepare(Policy.from_message(order["policy"]))
    run(order["message"], order["fds"], import_path=order["import_path"], walls=walls, parent=order["parent"])

"""What a worker does between its fork and serving: move into its place, lock itself in, import the app, serve it."""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import os
import signal
import socket
import sys
from types import FrameType
from typing import Any

from gradewright.protocol import Message
from gradewright.worker import command, inspector, learner_tests, serve, twins
from gradewright.worker.link import Link
from gradewright.worker.loader import LoadProblem, load
from gradewright.worker.problem import describe, describe_frames, submission_root


def run(spec: Message, fds: list[int], *, import_path: list[str], walls: Any, parent: int) -> None:
    """Become the worker that `spec` describes; does not return.

    `fds` are the listening socket, the control socket, the log pipe and a file for fault dumps, in this order. `spec` has
    `root` (the submission's private copy, the working directory), `env`, `app` (`module:attribute` or null), and `mode`:
    serve the app (the default), run a `command` that serves or a `program` that ends, `inspect` what was left, or run the
    learner's own `tests`.
    """
    listen, control, log, faults = fds
    _take_place(spec, log, parent)
    link = Link(socket.socket(fileno=control))
    if walls is not None:
        walls.enter()
    _close_others(keep=(0, 1, 2, listen, control, faults))
    _write_files(spec.get("files") or {})
    if spec.get("mode") == "command":
        command.execute(spec["argv"], spec["port"])
    if spec.get("mode") == "program":
        command.execute(spec["argv"], spec["port"])
    faulthandler.enable(faults)
    faulthandler.register(signal.SIGUSR1, file=faults, all_threads=False)
    _set_import_path(submission_root(), import_path)
    _watch_exit(link)
    answers = twins.Twins(link.send, link.wait_for)
    twins.connect(answers)
    link.commands["twin"] = answers.answer
    link.start_commands()
    code = 0
    try:
        if spec.get("mode") == "inspect":
            inspector.serve(link, spec["root"], spec["own"])
        elif spec.get("mode") == "tests":
            learner_tests.run(link, spec["tests"])
        else:
            _serve(spec, listen, link)
    except LoadProblem as problem:
        link.send({"event": "problem", **problem.facts})
    except SystemExit as ending:
        # uvicorn ends a failed startup this way, after the edge has reported the learner's exception.
        code = ending.code if isinstance(ending.code, int) else 1
    except BaseException as error:
        link.send({"event": "problem", "kind": "import_error", **describe(error)})
        code = 1
    finally:
        _flush()
        link.real_exit(code)


def _serve(spec: Message, listen: int, link: Link) -> None:
    link.send({"event": "stage", "stage": "import"})
    config = serve.configure()
    factories = tuple(spec.get("factories", ()))
    loaded = load(spec["root"], spec.get("app"), behind=spec.get("behind"), factory_names=factories)
    link.send({"event": "stage", "stage": "startup", "app": loaded.name, "notes": loaded.notes})
    serve.run(loaded.app, socket.socket(fileno=listen), link, config)


def _take_place(spec: Message, log: int, parent: int) -> None:
    os.setsid()
    if sys.platform == "linux":
        from gradewright.sandbox.privileges import die_with_parent

        die_with_parent(parent)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    # Line buffering as on a terminal: what a request printed is there when the request has settled.
    sys.stdin = open(0, encoding="utf-8", errors="replace", closefd=False)
    sys.stdout = open(1, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr  # type: ignore[misc]
    os.chdir(spec["root"])  # noqa: TID251 - the worker's own process, before learner code runs
    os.environ.clear()
    os.environ.update(spec.get("env", {}))
    os.umask(0o077)
    # What stands in front of the submission's app has no name of its own here.
    sys.argv = ["uvicorn", spec.get("behind" if "behind" in spec else "app") or "app:app"]
    sys.dont_write_bytecode = True
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)


def _write_files(files: dict[str, str]) -> None:
    """Write the files of this start. Behind the walls, since an earlier worker may have left a link in their place."""
    for name, text in files.items():
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)


def _close_others(keep: tuple[int, ...]) -> None:
    low = 0
    for descriptor in sorted(keep):
        if low < descriptor:  # closerange(0, 0) would close everything: it asks the kernel for 0 to -1
            os.closerange(low, descriptor)
        low = descriptor + 1
    os.closerange(low, 65536)


def _set_import_path(root: str, import_path: list[str]) -> None:
    """Standard library, then the submission, then packages: a learner's json.py must not replace Python's.

    A project that keeps its package in src/ is installed where it comes from; here that folder is on the path instead.
    """
    packages = ("site-packages", "dist-packages")
    standard = [path for path in import_path if not path.endswith(packages)]
    source = os.path.join(root, "src")
    own = [root, source] if os.path.isdir(source) else [root]
    sys.path[:] = [*standard, *own, *(path for path in import_path if path.endswith(packages))]
    sys.path_importer_cache.clear()
    importlib.invalidate_caches()


def _watch_exit(link: Link) -> None:
    """Report who called os._exit: it leaves no traceback, and its caller is what a learner needs to know."""
    own, leave = os.getpid(), os._exit

    def _exit(status: int) -> None:
        if os.getpid() == own:
            frame: FrameType | None = sys._getframe(1)
            with contextlib.suppress(Exception):
                link.send({"event": "exiting", "code": status, "frames": describe_frames(frame)})
        leave(status)

    link.real_exit = leave
    os._exit = _exit  # type: ignore[assignment]


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()

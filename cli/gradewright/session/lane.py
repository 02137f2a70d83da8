"""A lane: one warm zygote and one collected suite, which grade submission after submission of the same exercise.

Nothing is shared between two grades but what was there before the first: each gets a fork of the collected suite, fresh forks
of the zygote, and folders that were emptied. Where an exercise's grants let an app start processes or use a service, something
could outlive it, so there the zygote is new for every grade.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import threading
from collections.abc import Callable
from typing import Any

from gradewright.emptying import empty
from gradewright.protocol import Channel, Message
from gradewright.session import workspace
from gradewright.session.processes import ChildFailed, collect
from gradewright.worker_control.spawn import ZygoteProcess, anonymous_file, last_words, python_command, start, start_zygote


class Cancelled(Exception):
    """The grade was given up on request: `cancel` was called while it ran."""


class Lane:
    """Grades one exercise again and again, one submission at a time. `close` ends its processes and removes its folder."""

    def __init__(self, suite: str, points: list[str], *, reuse_zygote: bool, python: str = "", engine: str = "") -> None:
        self.work = workspace.create()
        self._suite = suite
        self._points = points
        self._reuse = reuse_zygote
        self._python = python
        self._engine = engine
        self._zygote: ZygoteProcess | None = self._new_zygote()
        self._to_zygote = Channel(self._zygote.control)
        self._clear = True
        self._cancelled = False
        self._lock = threading.Lock()
        self._start_template()

    def _new_zygote(self) -> ZygoteProcess:
        return start_zygote(self.work, self._python, self._engine)

    def _start_template(self) -> None:
        ours, theirs = socket.socketpair()
        self._errors = anonymous_file("template")
        code = f"from gradewright.suite.child import main; main({theirs.fileno()}, -1)"
        self._child: subprocess.Popen[bytes] = start(python_command(code), theirs.fileno(), output=self._errors)
        theirs.close()
        self._channel = Channel(ours)
        self._channel.send({"suite": self._suite, "points": self._points})

    def prepare(self) -> None:
        """Wait until nothing of the last grade is left, and empty the folder that the next submission is taken into.

        Raises ChildFailed when the zygote is gone.
        """
        if not self._clear:
            self._await_clear()
        # A grade that was given up, on request or at its limit, leaves its workers' sockets; their names are used again.
        for name in ("pristine", "sockets"):
            empty(f"{self.work}/{name}")

    def warm(self) -> None:
        """Start a zygote where the last grade used one up."""
        if self._zygote is None:
            self._zygote = self._new_zygote()
            self._to_zygote = Channel(self._zygote.control)

    def run(self, order: dict[str, Any], limit: float, meanwhile: Callable[[], object] | None = None) -> list[Message]:
        """Grade what lies in `work`/pristine; see `Engine.run`. Raises Cancelled as well."""
        self.warm()
        records, theirs = socket.socketpair()
        session, zygotes = socket.socketpair()
        try:
            with self._lock:
                self._cancelled = False
                self._send(self._to_zygote, {"op": "attach"}, [zygotes.fileno()])
                self._clear = False
                self._send(self._channel, order, [theirs.fileno(), session.fileno()])
            for ends in (theirs, session, zygotes):
                ends.close()
            return collect(records, limit, meanwhile)
        except ChildFailed as failure:
            if self._cancelled:
                raise Cancelled from None
            failure.detail = self._last_words(failure.detail)
            raise
        finally:
            for ends in (records, theirs, session, zygotes):
                ends.close()
            self.cancel(mark=False)
            if not self._reuse:
                self._drop_zygote()

    def cancel(self, *, mark: bool = True) -> None:
        """End the grade that is under way, from any thread. Harmless when there is none."""
        with self._lock, contextlib.suppress(OSError):
            self._cancelled = self._cancelled or mark
            self._channel.send({"op": "cancel"})

    def _send(self, channel: Channel, message: Message, fds: list[int]) -> None:
        try:
            channel.send(message, fds)
        except OSError:
            raise ChildFailed("") from None

    def _await_clear(self) -> None:
        try:
            self._to_zygote.sock.settimeout(30.0)
            message, _fds = self._to_zygote.receive()
        except (EOFError, OSError):
            raise ChildFailed(self._last_words("")) from None
        self._clear = message.get("event") == "cleared"

    def _drop_zygote(self) -> None:
        if self._zygote is not None:
            self._to_zygote.close()
            self._zygote.stop()
            self._zygote = None
            self._clear = True
            empty(f"{self.work}/farm")

    def _last_words(self, more: str) -> str:
        zygote = last_words(self._zygote.output) if self._zygote is not None else ""
        return "\n".join(filter(None, (more, last_words(self._errors), zygote)))

    def close(self) -> None:
        """End both processes and everything below them, and remove the private folder."""
        self._channel.close()
        self._child.kill()
        self._child.wait()
        os.close(self._errors)
        self._drop_zygote()
        workspace.remove(self.work)

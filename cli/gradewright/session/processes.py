"""The two processes behind a grade, started before anything else is imported: the zygote and the grader's child."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from typing import Any

from gradewright.protocol import Channel, Decoder, Message, ProtocolError
from gradewright.session import workspace
from gradewright.worker_control.spawn import (
    ZygoteProcess,
    anonymous_file,
    last_words,
    python_command,
    start,
    start_zygote,
)


class ChildFailed(Exception):
    """The grader's child ended without finishing; `detail` is the end of what it wrote to stderr."""

    def __init__(self, detail: str) -> None:
        super().__init__("the grader's own process ended early")
        self.detail = detail


class OutOfTime(Exception):
    """The whole grade took longer than its limit."""


def collect(sock: socket.socket, limit: float, meanwhile: Callable[[], object] | None = None) -> list[Message]:
    """Return the records of one grade, up to "done". Raises OutOfTime and ChildFailed; see `Engine.run`."""
    decoder = Decoder()
    records: list[Message] = []
    deadline = time.monotonic() + limit
    if meanwhile is not None:
        meanwhile()
    while True:
        ready, _w, _x = select.select([sock], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise OutOfTime(records)
        try:
            data = sock.recv(1 << 18)
            new = list(decoder.feed(data))
        except (OSError, ProtocolError) as error:
            raise ChildFailed(f"{type(error).__name__}: {error}") from None
        if not data:
            raise ChildFailed("")
        records += new
        if records and records[-1].get("event") == "done":
            return records


class Engine:
    """A warm zygote, a warm grader's child and a private folder, for one grade. `close` ends and removes all of it."""

    def __init__(self, work: str, zygote: ZygoteProcess, child: subprocess.Popen[bytes], channel: Channel, errors: int) -> None:
        self.work = work
        self.zygote = zygote
        self.child = child
        self.channel = channel
        self._errors = errors
        self._closed = False

    @classmethod
    def start(cls, python: str = "", engine: str = "", early: tuple[str, ZygoteProcess] | None = None) -> Engine:
        """Start both processes and return at once; they import their halves while the caller goes on.

        `early` is a private folder and a zygote that were started even before this module was imported.
        """
        if early is None:
            work = workspace.create()
            early = work, start_zygote(work, python, engine)
        work, zygote = early
        ours, theirs = socket.socketpair()
        errors = anonymous_file("child")
        code = f"from gradewright.suite.child import main; main({theirs.fileno()}, {zygote.control.fileno()})"
        child = start(python_command(code), theirs.fileno(), zygote.control.fileno(), output=errors)
        theirs.close()
        # The child alone speaks to the zygote; our copy would keep the socket open after the child's death.
        zygote.control.close()
        return cls(work, zygote, child, Channel(ours), errors)

    def prepare(self) -> None:
        """Do nothing: an engine grades once, so nothing is left of an earlier grade. A lane has work to do here."""

    def run(self, order: dict[str, Any], limit: float, meanwhile: Callable[[], object] | None = None) -> list[Message]:
        """Send the child its order and return all records up to "done". `meanwhile` runs here while the child works.

        Raises OutOfTime after `limit` seconds, with the records so far in its first argument, and ChildFailed.
        """
        self.channel.send(order)
        try:
            return collect(self.channel.sock, limit, meanwhile)
        except ChildFailed as failure:
            failure.detail = "\n".join(filter(None, (failure.detail, self._last_words())))
            raise

    def _last_words(self) -> str:
        return "\n".join(filter(None, (last_words(self._errors), last_words(self.zygote.output))))

    def release(self) -> None:
        """Have both processes end, without waiting for it: `close` does."""
        self.channel.close()
        # The child leads a group: a service that it runs for the app (Redis) must not outlive it when it was cut short.
        if self.child.returncode is None:
            with contextlib.suppress(OSError):
                os.killpg(self.child.pid, signal.SIGKILL)

    def close(self) -> None:
        """End both processes, all workers below them, and remove the private folder. A second time does nothing."""
        if self._closed:
            return
        self._closed = True
        self.release()
        self.child.wait()
        os.close(self._errors)
        self.zygote.stop()
        workspace.remove(self.work)

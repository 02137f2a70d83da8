"""The two processes behind a grade, started before anything else is imported: the zygote and the grader's child."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import subprocess
import time
from collections.abc import Callable
from typing import Any

from gradewright.protocol import Channel, Decoder, Message, ProtocolError
from gradewright.worker_control.spawn import ZygoteProcess, start_python, start_zygote


class ChildFailed(Exception):
    """The grader's child ended without finishing; `detail` is the end of what it wrote to stderr."""

    def __init__(self, detail: str) -> None:
        super().__init__("the grader's own process ended early")
        self.detail = detail


class OutOfTime(Exception):
    """The whole grade took longer than its limit."""


class Engine:
    """A warm zygote and a warm grader's child, for one grade. `close` ends both and all workers below them."""

    def __init__(self, zygote: ZygoteProcess, child: subprocess.Popen[bytes], channel: Channel, errors: int) -> None:
        self.zygote = zygote
        self.child = child
        self.channel = channel
        self._errors = errors

    @classmethod
    def start(cls, python: str = "", zygote: ZygoteProcess | None = None) -> Engine:
        """Start both processes and return at once; they import their halves while the caller goes on.

        A `zygote` that was started even earlier is used as it is.
        """
        zygote = zygote or start_zygote(python)
        ours, theirs = socket.socketpair()
        errors = _anonymous_file()
        code = f"from gradewright.suite.child import main; main({theirs.fileno()}, {zygote.control.fileno()})"
        child = start_python(code, theirs.fileno(), zygote.control.fileno(), stderr=errors)
        theirs.close()
        # The child alone speaks to the zygote; our copy would keep the socket open after the child's death.
        zygote.control.close()
        return cls(zygote, child, Channel(ours), errors)

    def run(self, order: dict[str, Any], limit: float, meanwhile: Callable[[], object] | None = None) -> list[Message]:
        """Send the child its order and return all records up to "done". `meanwhile` runs here while the child works.

        Raises OutOfTime after `limit` seconds, with the records so far in its first argument, and ChildFailed.
        """
        self.channel.send(order)
        decoder = Decoder()
        records: list[Message] = []
        deadline = time.monotonic() + limit
        if meanwhile is not None:
            meanwhile()
        while True:
            ready, _w, _x = select.select([self.channel.fileno()], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise OutOfTime(records)
            try:
                data = self.channel.sock.recv(1 << 18)
                new = list(decoder.feed(data))
            except (OSError, ProtocolError) as error:
                raise ChildFailed(f"{type(error).__name__}: {error}") from None
            if not data:
                raise ChildFailed(self._last_words())
            records += new
            if records and records[-1].get("event") == "done":
                return records

    def _last_words(self) -> str:
        with contextlib.suppress(OSError):
            size = os.fstat(self._errors).st_size
            return os.pread(self._errors, 4000, max(0, size - 4000)).decode(errors="replace").strip()
        return ""

    def close(self) -> None:
        """Kill both processes. Workers die with the zygote."""
        self.channel.close()
        for process in (self.child, self.zygote.process):
            process.kill()
        for process in (self.child, self.zygote.process):
            process.wait()
        os.close(self._errors)


def _anonymous_file() -> int:
    """Return a descriptor for the child's own output, read only when the child fails."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("gradewright-child")
    import tempfile

    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())

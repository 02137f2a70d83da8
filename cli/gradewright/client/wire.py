"""Bytes on the Unix socket, with one deadline and one size limit for everything a hostile server may send.

http.client parses the reply; all of its reads come through `GuardedReader`, so an endless stream of `100 Continue`, a header
that drips one byte a second and an endless body all end at the same deadline.
"""

from __future__ import annotations

import io
import socket
import time
from typing import Any

MAX_REPLY = 16 << 20


class DeadlinePassed(Exception):
    """The call's total time is over."""


class ReplyTooLarge(Exception):
    """The reply is longer than MAX_REPLY bytes, headers included."""


class GuardedReader(io.RawIOBase):
    """A raw stream over a socket that checks the deadline (monotonic seconds) and the byte count on every read."""

    def __init__(self, sock: socket.socket, deadline: float, limit: int = MAX_REPLY) -> None:
        super().__init__()
        self._sock = sock
        self._deadline = deadline
        self._left = limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(remaining(self._deadline))
        try:
            count = self._sock.recv_into(buffer)
        except TimeoutError:
            raise DeadlinePassed from None
        self._left -= count
        if self._left < 0:
            raise ReplyTooLarge
        return count


class GuardedSocket:
    """What http.client.HTTPResponse needs of a socket."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._reader = GuardedReader(sock, deadline)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._reader, 65536)


def remaining(deadline: float) -> float:
    """Return the seconds left, at least a hair. Raises DeadlinePassed when there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise DeadlinePassed
    return left


def connect(path: str, deadline: float) -> socket.socket:
    """Connect to a worker. Raises OSError when nobody listens any more."""
    sock = socket.socket(socket.AF_UNIX)
    try:
        sock.settimeout(remaining(deadline))
        sock.connect(path)
    except BaseException:
        sock.close()
        raise
    return sock


def send(sock: socket.socket, data: bytes, deadline: float) -> None:
    """Send all of `data` before the deadline. Raises DeadlinePassed or OSError."""
    view = memoryview(data)
    while view:
        sock.settimeout(remaining(deadline))
        try:
            view = view[sock.send(view) :]
        except TimeoutError:
            raise DeadlinePassed from None

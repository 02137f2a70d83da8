"""Copies bytes between two sockets. Standard library only: both the grader and the zygote's side use it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable


def relay(one: socket.socket, other: socket.socket, may_send: Callable[[int], bool] = lambda _count: True) -> threading.Event:
    """Copy both ways, on two daemon threads, until each side has ended its half; then close both.

    `may_send` is asked about every count of bytes that `one` sends, and ends its half by saying no. Returns the event that
    all that `other` has said was passed on.
    """
    said = threading.Event()

    def close() -> None:
        one.close()
        other.close()

    done = threading.Barrier(2, action=close)

    def pump(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if source is one and not may_send(len(data)):
                    break
                target.sendall(data)
        # The other direction may still have something to say: only this half ends.
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)
        if source is other:
            said.set()
        with contextlib.suppress(threading.BrokenBarrierError):
            done.wait(timeout=60)

    for pair in ((one, other), (other, one)):
        threading.Thread(target=pump, args=pair, daemon=True).start()
    return said

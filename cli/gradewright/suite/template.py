"""A collected suite that forks for every grade: importing pytest and collecting costs more than a whole grade after it."""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import sys
from typing import Any

from gradewright.protocol import Channel
from gradewright.suite.judging import Judging


class Template:
    """Waits for orders on `channel`, one grade at a time. `judging` is set only in the fork that does it.

    An order brings two sockets, for its records and to the zygote. {"op": "cancel"} ends a grade that is under way.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self.judging: Judging | None = None

    def next(self) -> Judging | None:
        """Serve orders, and return in the fork of each; return None in the template itself when no more orders come."""
        gc.collect()
        gc.freeze()
        while True:
            try:
                order, fds = self._channel.receive()
            except EOFError:
                return None
            if order.get("op") == "cancel":
                continue
            parent = os.getpid()
            pid = os.fork()
            if pid == 0:
                return self._begin(order, fds, parent)
            for descriptor in fds:
                os.close(descriptor)
            if not self._watch(pid):
                return None

    def _begin(self, order: dict[str, Any], fds: list[int], parent: int) -> Judging:
        if sys.platform == "linux":
            from gradewright.sandbox.privileges import die_with_parent

            die_with_parent(parent)
        self._channel.close()
        gc.enable()
        self.judging = Judging(order, Channel(socket.socket(fileno=fds[0])).send, socket.socket(fileno=fds[1]))
        self.judging.open()
        return self.judging

    def _watch(self, pid: int) -> bool:
        """Wait until the fork `pid` has ended; end it when that is asked for. Return False when nobody asks any more."""
        ended = os.pidfd_open(pid)
        alive = True
        ready, _w, _x = select.select([ended, self._channel.fileno()], [], [], 0 if self._channel.pending else None)
        if ended not in ready:
            # One message only: after the cancellation, what follows is for the next grade.
            try:
                self._channel.receive()
            except EOFError:
                alive = False
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(ended)
        return alive

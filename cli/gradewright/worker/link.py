"""The worker's end of the control socket: events out, commands in, answered by a thread of their own.

A thread, not the event loop: when a learner's handler blocks the loop, the grader must still be able to ask where.

Python's garbage collector runs a learner's finalizers on whichever thread it happens to be at, this one included, between any
two steps; and a finalizer may call a twin, which sends a message and waits for the answer. So sending and reading are reentrant
and the control thread reads on while something on it waits. A collection does not start inside another: this nests once.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable
from typing import Any

from gradewright.protocol import HEADER_SIZE, Message, ProtocolError, length_of, pack, unpack
from gradewright.worker.problem import describe


class Link:
    """Sends events and serves commands. `commands` maps an operation to a function from message to a JSON value."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        # Reentrant: what a finalizer sends goes out before or after the message in whose sending it runs.
        self._lock = threading.RLock()
        self._taken = 0
        self.commands: dict[str, Callable[[Message], Any]] = {}
        self.real_exit: Callable[[int], Any] = os._exit
        self._thread: threading.Thread | None = None

    def send(self, message: Message) -> None:
        """Send one event. Never raises: the grader going away is not the learner's error."""
        with contextlib.suppress(OSError, ProtocolError):
            data = pack(message)
            with self._lock:
                self._sock.sendall(data)

    def start_commands(self) -> None:
        self._thread = threading.Thread(target=self._serve, name="gradewright-control", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Block until the grader goes away (the process ends then)."""
        if self._thread is not None:
            self._thread.join()

    def wait_for(self, arrived: threading.Event) -> None:
        """Block until a message has set `arrived`. On the control thread nobody else would read that message."""
        if threading.current_thread() is not self._thread:
            arrived.wait()
        while not arrived.is_set() and self._take():
            pass

    def _serve(self) -> None:
        while self._take():
            pass

    def _take(self) -> bool:
        """Read a message and do what it says. Without a grader, end the process; false where a test has replaced the exit."""
        try:
            message = self._receive()
        except (EOFError, OSError, ProtocolError):
            self.real_exit(0)
            return False
        self._answer(message)
        return True

    def _receive(self) -> Message:
        """Return the next message. It stays in the socket until a single call takes it as a whole, so a `_receive` that runs in
        the middle of this one takes whole messages, too; the count tells this one to look again."""
        while True:
            taken = self._taken
            header = self._sock.recv(HEADER_SIZE, socket.MSG_PEEK)
            if not header:
                raise EOFError("the other end of the control socket is closed")
            if len(header) < HEADER_SIZE:
                raise ProtocolError("half a header, although the grader sends whole messages")
            # Made before the comparison: nothing may be allocated between that and the call, or the collector could run there.
            whole = (HEADER_SIZE + length_of(header), socket.MSG_WAITALL)
            receive = self._sock.recv
            if self._taken == taken:
                data = receive(*whole)
                self._taken += 1
                while len(data) < whole[0]:  # a signal came in between
                    more = receive(whole[0] - len(data))
                    if not more:
                        raise EOFError("the other end of the control socket is closed")
                    data += more
                return unpack(data[HEADER_SIZE:])

    def _answer(self, message: Message) -> None:
        reply: Message = {"reply": message.get("id")}
        command = self.commands.get(str(message.get("op")))
        if command is None:
            reply["error"] = {"kind": "not_ready", "message": "the app is not loaded yet"}
        else:
            try:
                reply["value"] = command(message)
            except CommandError as error:
                reply["error"] = {"kind": error.kind, "message": str(error)}
            except Exception as error:
                reply["error"] = {"kind": "raised", **describe(error)}
        if message.get("id"):
            self.send(reply)


class CommandError(Exception):
    """A command that makes sense to the protocol but not to this app; `kind` is for the grader, the text for people."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind

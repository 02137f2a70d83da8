"""The worker's end of the control socket: events out, commands in, answered by a thread of their own.

A thread, not the event loop: when a learner's handler blocks the loop, the grader must still be able to ask where.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable
from typing import Any

from gradewright.protocol import Channel, Message, ProtocolError
from gradewright.worker.problem import describe


class Link:
    """Sends events and serves commands. `commands` maps an operation to a function from message to a JSON value."""

    def __init__(self, sock: socket.socket) -> None:
        self._channel = Channel(sock)
        self._lock = threading.Lock()
        self.commands: dict[str, Callable[[Message], Any]] = {}
        self.real_exit: Callable[[int], Any] = os._exit
        self._thread: threading.Thread | None = None

    def send(self, message: Message) -> None:
        """Send one event. Never raises: the grader going away is not the learner's error."""
        with self._lock, contextlib.suppress(OSError, ProtocolError):
            self._channel.send(message)

    def start_commands(self) -> None:
        self._thread = threading.Thread(target=self._serve, name="gradewright-control", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Block until the grader goes away (the process ends then)."""
        if self._thread is not None:
            self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                message, _fds = self._channel.receive()
            except (EOFError, OSError, ProtocolError):
                # Without a grader there is nobody to serve.
                self.real_exit(0)
                return
            self._answer(message)

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

"""One worker as the grader sees it: its socket, its output, its settled calls, and how it ended."""

from __future__ import annotations

import contextlib
import functools
import os
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from gradewright.protocol import Decoder, Message, ProtocolError, pack
from gradewright.worker_control import hearsay
from gradewright.worker_control.pump import CHUNK, OutputBuffer, Pump

#: Takes a twin's call and the function that sends its answer.
OnTwin = Callable[[Message, Callable[[Message], None]], None]

#: A worker that sends more control bytes than this in its life is treated as broken.
MAX_CONTROL_BYTES = 64 << 20


class WorkerDied(Exception):
    """The worker is gone. `ending` is what the zygote saw: {"code": int} or {"signal": int}, or {} if not known yet."""

    def __init__(self, ending: dict[str, Any], frames: list[dict[str, Any]]) -> None:
        super().__init__(describe_ending(ending))
        self.ending = ending
        self.frames = frames


class CommandFailed(Exception):
    """The worker answered a command with an error; `kind` is one of its own words, the text is for people."""

    def __init__(self, kind: str, message: str, frames: list[dict[str, Any]]) -> None:
        super().__init__(message)
        self.kind = kind
        self.frames = frames


class NotAnswered(Exception):
    """The worker did not answer in time: something holds its interpreter."""


def describe_ending(ending: dict[str, Any]) -> str:
    """Return how a process ended, in words."""
    if "signal" in ending:
        number = int(ending["signal"])
        names = {
            9: "killed (signal 9)",
            11: "a crash in C code (signal 11)",
            24: "the CPU time limit (signal 24)",
        }
        return names.get(number, f"signal {number}")
    if "code" in ending:
        return f"exit code {ending['code']}"
    return "it closed its connection to the grader"


class WorkerProcess:
    """A forked worker. Created by `ZygoteClient.fork`; all waiting is bounded by a deadline in monotonic seconds."""

    def __init__(self, number: int, path: str, control: socket.socket, log: int, faults: int, pump: Pump) -> None:
        self.number = number
        self.path = path
        self.output = OutputBuffer(log)
        self.faults = faults
        self.stage = "fork"
        self.app_name = ""
        self.notes: list[str] = []
        self.problem: Message | None = None
        self.ready = False
        self.exiting: Message | None = None
        self.tests: Message | None = None
        self.ending: dict[str, Any] | None = None
        self._control = control
        control.setblocking(False)
        self._decoder = Decoder()
        self._received = 0
        self._gone = False
        self._changed = threading.Condition()
        self._send_lock = threading.Lock()
        self._pending_calls: dict[int, Message | None] = {}
        self._pending_replies: dict[int, Message | None] = {}
        self._next_command = 1
        self._next_call = 1
        self.on_twin: OnTwin | None = None
        pump.add(log, self.output.drain)
        pump.add(control.fileno(), self._on_control)

    # Events, on the pump's thread

    def _on_control(self) -> bool:
        self._receive()
        return not self._gone

    def _receive(self) -> bool:
        """Take in what the control socket holds now; return whether there was something."""
        try:
            data = self._control.recv(CHUNK)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        self._received += len(data)
        alive = bool(data) and self._received <= MAX_CONTROL_BYTES
        with self._changed:
            try:
                for message in self._decoder.feed(data):
                    self._on_message(message)
            except ProtocolError:
                alive = False
            self._gone = not alive
            self._changed.notify_all()
        return alive

    def _on_message(self, message: Message) -> None:
        event = message.get("event")
        if event == "settled":
            call = message.get("call")
            if isinstance(call, int) and call in self._pending_calls:
                self._pending_calls[call] = message
        elif "reply" in message:
            reply = message["reply"]
            if isinstance(reply, int) and reply in self._pending_replies:
                self._pending_replies[reply] = message
        elif event == "stage":
            self.stage = hearsay.text(message.get("stage"), 40)
            self.app_name = hearsay.text(message.get("app"), 200) or self.app_name
            self.notes = hearsay.texts(message.get("notes"), 500) or self.notes
        elif event == "ready":
            self.ready = True
            self.stage = "ready"
        elif event == "problem":
            self.problem = self.problem or hearsay.problem(message)
        elif event == "exiting":
            self.exiting = message
        elif event == "tests":
            self.tests = message
        elif event == "twin" and self.on_twin is not None and isinstance(message.get("id"), int):
            self.on_twin(message, functools.partial(self._answer_twin, message["id"]))

    def on_exit(self, ending: dict[str, Any]) -> None:
        """The zygote has seen the process end. What it said before is taken in first: it may be the reason."""
        while not self._gone and self._receive():
            pass
        with self._changed:
            self.ending = ending
            self._changed.notify_all()

    # Waiting, on the test's thread

    @property
    def descriptors(self) -> tuple[int, int]:
        """The descriptors the pump watches for this worker."""
        return self.output.descriptor, self._control.fileno()

    @property
    def dead(self) -> bool:
        return self.ending is not None or self._gone

    def wait_dead(self, timeout: float) -> bool:
        """Return whether the worker is gone, as soon as that is known, at the latest after `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self.dead, timeout=timeout)

    def died(self) -> WorkerDied:
        """Return the exception to raise now that the worker is gone, after a moment for the zygote to say how."""
        with self._changed:
            self._changed.wait_for(lambda: self.ending is not None, timeout=1.0)
        return WorkerDied(self.ending or {}, hearsay.frames((self.exiting or {}).get("frames")))

    def wait_started(self, deadline: float) -> bool:
        """Wait until the worker is ready, has reported a problem or has ended; return False at the deadline."""
        with self._changed:
            return self._changed.wait_for(
                lambda: self.ready or self.problem is not None or self.dead,
                timeout=max(0.0, deadline - time.monotonic()),
            )

    def wait_ended(self, deadline: float) -> dict[str, Any] | None:
        """Return how the process ended, as the zygote saw it, or None at the deadline."""
        with self._changed:
            self._changed.wait_for(lambda: self.ending is not None, timeout=max(0.0, deadline - time.monotonic()))
            return self.ending

    def new_call(self) -> int:
        """Return the number of a new call, whose settle message will be waited for. Messages for other calls are dropped."""
        with self._changed:
            number, self._next_call = self._next_call, self._next_call + 1
            self._pending_calls[number] = None
            return number

    def wait_settled(self, call: int, deadline: float) -> Message | None:
        """Return the settle message of `call`, or None at the deadline. Raises WorkerDied."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._pending_calls.get(call) is not None or self.dead,
                timeout=max(0.0, deadline - time.monotonic()),
            )
            message = self._pending_calls.get(call)
            if message is not None:
                del self._pending_calls[call]
                return message
        if self.dead:
            raise self.died()
        return None

    @property
    def asked(self) -> bool:
        """Whether anything was sent to the app since it started: a request, a WebSocket or a command."""
        return self._next_call > 1 or self._next_command > 1

    def command(self, operation: str, *, timeout: float = 5.0, **fields: Any) -> Any:
        """Send a command and return its value. Raises CommandFailed, NotAnswered or WorkerDied."""
        with self._changed:
            number, self._next_command = self._next_command, self._next_command + 1
            self._pending_replies[number] = None
        data = pack({"op": operation, "id": number, **fields})
        try:
            self._send(data, time.monotonic() + timeout)
        except OSError:
            if self.dead:
                raise self.died() from None
            raise NotAnswered(operation) from None
        with self._changed:
            self._changed.wait_for(lambda: self._pending_replies[number] is not None or self.dead, timeout=timeout)
            reply = self._pending_replies.pop(number)
        if reply is None:
            if self.dead:
                raise self.died()
            raise NotAnswered(operation)
        error = reply.get("error")
        if isinstance(error, dict):
            text = ": ".join(hearsay.text(error[key]) for key in ("exception", "message") if error.get(key))
            raise CommandFailed(hearsay.text(error.get("kind"), 40), text, hearsay.frames(error.get("frames")))
        return reply.get("value")

    def _send(self, data: bytes, deadline: float) -> None:
        with self._send_lock:
            view = memoryview(data)
            while view:
                try:
                    view = view[self._control.send(view) :]
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.002)

    def _answer_twin(self, call: Any, answer: Message) -> None:
        """Send the answer to a twin's call. A worker that is gone, or does not read, is noticed elsewhere."""
        with contextlib.suppress(OSError, ProtocolError):
            self._send(pack({"op": "twin", "id": 0, "id_of_call": call, **answer}), time.monotonic() + 1.0)

    def fault_text(self) -> str:
        """Return what faulthandler wrote: a crash in C code, or the stack that SIGUSR1 asked for."""
        with contextlib.suppress(OSError):
            return os.pread(self.faults, 100_000, 0).decode(errors="replace")
        return ""

    def close(self) -> None:
        """Forget the worker; its process must have been told to end."""
        self._control.close()
        self.output.close()
        with contextlib.suppress(OSError):
            os.close(self.faults)
        with contextlib.suppress(OSError):
            os.unlink(self.path)

"""The grader's end of the zygote: asks it for workers and hears how they ended."""

from __future__ import annotations

import os
import signal
import socket
import threading
from typing import Any

from gradewright.protocol import MAX_FDS, Channel, Decoder, Message
from gradewright.worker_control.process import OnTwin, WorkerProcess
from gradewright.worker_control.pump import CHUNK, Pump

BACKLOG = 512


class ZygoteGone(Exception):
    """The zygote closed its socket: a fault of the engine, not of a submission."""


class ZygoteClient:
    """Speaks to one zygote over `control`. `sockets` is a 0700 folder for the workers' listening sockets."""

    def __init__(self, control: socket.socket, sockets: str, pump: Pump) -> None:
        self._channel = Channel(control)
        self._decoder = Decoder()
        self._sockets = sockets
        self._pump = pump
        self._workers: dict[int, WorkerProcess] = {}
        self._next = 1
        self._changed = threading.Condition()
        self._configured: Message | None = None
        self._forked: set[int] = set()
        self._restored = 0
        self.listeners: list[int] = []
        self._gone = False
        pump.add(control.fileno(), self._on_data)

    def _on_data(self) -> bool:
        try:
            # Only the zygote, which is ours, may hand descriptors over: the listeners of an app's services.
            data, fds, _flags, _address = socket.recv_fds(self._channel.sock, CHUNK, MAX_FDS)
            self.listeners += fds
        except OSError:
            data = b""
        with self._changed:
            for message in self._decoder.feed(data):
                self._on_message(message)
            self._gone = not data
            self._changed.notify_all()
        return bool(data)

    def _on_message(self, message: Message) -> None:
        event = message.get("event")
        if event == "configured":
            self._configured = message
        elif event == "restored":
            self._restored += 1
        elif event == "forked":
            self._forked.add(message["id"])
        elif event == "exited":
            worker = self._workers.get(message["id"])
            if worker is not None:
                worker.on_exit({key: message[key] for key in ("code", "signal") if key in message})

    @property
    def gone(self) -> bool:
        """Whether the zygote has ended, as far as is known."""
        return self._gone

    def configure(self, message: Message) -> None:
        """Send the policy of this grade. The zygote answers once it is warm; see `wait_configured`."""
        self._channel.send({"op": "configure", **message})

    def wait_configured(self, timeout: float = 60.0) -> Message:
        """Return the zygote's description of its layers and versions. Raises ZygoteGone."""
        with self._changed:
            self._changed.wait_for(lambda: self._configured is not None or self._gone, timeout=timeout)
            if self._configured is None:
                raise ZygoteGone("the zygote ended, or did not warm up in time")
            return self._configured

    def fork(self, spec: dict[str, Any], on_twin: OnTwin | None = None) -> WorkerProcess:
        """Start a worker and return at once. The listening socket is bound here and this process keeps no copy of it,

        so a connection is refused as soon as the worker is gone. `on_twin` takes the calls of its twins, the first one too.
        """
        number, self._next = self._next, self._next + 1
        path = os.path.join(self._sockets, f"{number}.sock")
        listen = socket.socket(socket.AF_UNIX)
        ours, theirs = socket.socketpair()
        log_read, log_write = os.pipe()
        faults = os.memfd_create("faults") if hasattr(os, "memfd_create") else os.open(os.devnull, os.O_RDWR)
        try:
            listen.bind(path)
            listen.listen(BACKLOG)
            worker = WorkerProcess(number, path, ours, log_read, faults, self._pump)
            worker.on_twin = on_twin
            self._workers[number] = worker
            fds = [listen.fileno(), theirs.fileno(), log_write, faults]
            try:
                self._channel.send({"op": "fork", "id": number, **spec}, fds)
            except OSError:
                raise ZygoteGone("the zygote is gone") from None
            with self._changed:
                # Descriptors ride on a message of their own: the next one waits until these have arrived.
                self._changed.wait_for(lambda: number in self._forked or self._gone, timeout=60.0)
                if number not in self._forked:
                    raise ZygoteGone("the zygote did not fork")
        finally:
            listen.close()
            theirs.close()
            os.close(log_write)
        return worker

    def restore(self, timeout: float = 30.0) -> None:
        """Put the submission's files back as they were handed in, and empty its temporary folder. Raises ZygoteGone."""
        with self._changed:
            wanted = self._restored + 1
        try:
            self._channel.send({"op": "restore"})
        except OSError:
            raise ZygoteGone("the zygote is gone") from None
        with self._changed:
            if not self._changed.wait_for(lambda: self._restored >= wanted or self._gone, timeout) or self._gone:
                raise ZygoteGone("the zygote did not restore the submission's files")

    def signal(self, worker: WorkerProcess, number: int) -> None:
        """Send a signal to a worker; SIGKILL reaches its whole process group."""
        try:
            self._channel.send({"op": "signal", "id": worker.number, "signal": number})
        except OSError:
            raise ZygoteGone("the zygote is gone") from None

    def kill(self, worker: WorkerProcess) -> None:
        """End a worker for good and free what the grader held of it."""
        if worker.ending is None:
            self.signal(worker, signal.SIGKILL)
        self._workers.pop(worker.number, None)
        worker.output.drain()
        for descriptor in worker.descriptors:
            self._pump.remove(descriptor)
        worker.close()

"""The zygote: a process that has FastAPI and uvicorn imported, and forks a worker whenever the grader asks for one.

It never runs learner code. It is single-threaded (a fork copies only the calling thread), answers one control socket, and
tells the grader how each worker ended, which is the one statement about a worker that the worker cannot influence.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import sys
import threading
from typing import Any

from gradewright.protocol import Channel, Message
from gradewright.worker import births, ground

THREAD_STACK = 1 << 20
#: Where a served command may listen without being told a port, when the network namespace is its own.
DEFAULT_PORT = 8000


class Zygote:
    """State of the fork server: the control channel, the prepared walls and the living workers by pidfd."""

    def __init__(self, control: socket.socket, *, wrapped: bool, by_spawn: bool) -> None:
        self.channel = Channel(control)
        self.wrapped = wrapped
        self.by_spawn = by_spawn
        self.folders: dict[str, str] = {}
        self.import_path: list[str] = list(sys.path)
        self.walls: Any = None
        self.inspector = ""
        self.listen_port = 0
        self._relays: dict[int, int] = {}
        self._policy: dict[str, Any] = {}
        self._inspector_policy: dict[str, Any] = {}
        self._preload: tuple[str, ...] = ()
        self._in_lane = False
        self.living: dict[int, tuple[int, int]] = {}  # pidfd -> (worker id, pid)
        self._poll = select.poll()
        self._configured: tuple[Message, Message] | None = None  # what was asked, and the answer

    def run(self) -> None:
        """Serve until the grader closes the socket, then kill what still runs."""
        self._poll.register(self.channel.fileno(), select.POLLIN)
        try:
            while True:
                for descriptor, _event in self._poll.poll():
                    if descriptor == self.channel.fileno():
                        self._handle(*self.channel.receive())
                        while self.channel.pending:
                            self._handle(*self.channel.receive())
                    elif descriptor in self.living and ground.ended(descriptor, 0):
                        # Asked again, since handling an earlier event may have closed this number and used it anew.
                        self._reap(descriptor)
        except (EOFError, ConnectionError):
            pass
        finally:
            self._poll.unregister(self.channel.fileno())
            for _worker, pid in self.living.values():
                ground.kill(pid, signal.SIGKILL)

    def _attach(self, descriptor: int) -> None:
        """Serve one grade of several on a socket of its own; when that closes, nothing of the grade is left."""
        self._in_lane = True
        if self._configured is None:
            births.rehearse()
        outer, self.channel = self.channel, Channel(socket.socket(fileno=descriptor))
        self._poll.unregister(outer.fileno())
        self.run()
        for pidfd in list(self.living):
            self._reap(pidfd)
        self.channel.close()
        self.channel = outer
        self._poll.register(outer.fileno(), select.POLLIN)
        if self.wrapped:
            ground.end_others()
        ground.clear(self.folders)
        outer.send({"event": "cleared"})

    def _handle(self, message: Message, fds: list[int]) -> None:
        operation = message.get("op")
        if operation == "attach":
            self._attach(fds[0])
        elif operation == "configure":
            self._configure(message)
        elif operation == "fork":
            self._start(message, fds)
        elif operation == "restore":
            ground.restore(self.folders)
            self.channel.send({"event": "restored"})
        elif operation == "signal":
            self._signal(message["id"], message["signal"])

    def _signal(self, worker: int, number: int) -> None:
        """Signal a worker. After SIGKILL, wait until it is gone: what comes next must not race with its last writes."""
        for pidfd, (found, pid) in list(self.living.items()):
            if found == worker:
                ground.kill(pid, number)
                if number == signal.SIGKILL and ground.ended(pidfd, 2.0):
                    self._reap(pidfd)

    def _configure(self, message: Message) -> None:
        from gradewright.sandbox import Policy, paths, prepare

        if self._configured is not None:
            # The next grade of a lane. Walls and preloaded modules are fixed from the first on.
            asked, answer = self._configured
            if asked != message:
                raise RuntimeError("a lane grades one exercise under one policy; a different one was asked for")
            ground.restore(self.folders)
            self.channel.send(answer)
            return
        self._preload = tuple(message.get("preload", ()))
        births.warm(self._preload)
        hidden = [os.path.realpath(path) for path in message["hidden"]]
        self.import_path = paths.import_path(message["farm"], hidden)
        if self.wrapped:
            ground.limit_tasks()
        extra = [*message.get("readable", ()), message["farm"]]
        self.folders = message["folders"]
        ground.restore(self.folders)
        listeners = [ground.listen_on_loopback() for _service in message.get("services", ())]
        ports = [listener.getsockname()[1] for listener in listeners]
        if "tcp_listen" in message["policy"].get("grants", ()):
            self.listen_port = ground.free_port()
        policy = dict(message["policy"], readable=paths.readable(hidden, extra), wrapped=self.wrapped, ports=ports)
        own = [DEFAULT_PORT] if self.wrapped else []
        policy["listen_ports"] = [self.listen_port, *own] if self.listen_port else []
        self._policy = policy
        self.walls = prepare(Policy.from_message(policy))
        self.inspector = os.path.join(message["farm"], "inspector")
        os.mkdir(self.inspector)
        folders = [self.folders["submission"], self.folders["scratch"], *policy["readable"]]
        self._inspector_policy = dict(policy, readable=folders, writable=[self.inspector], grants=[])
        self._settle_memory()
        answer = {
            "event": "configured",
            "layers": [layer.to_message() for layer in self.walls.layers],
            "versions": ground.versions(),
            "ports": ports,
            "own_network": self.wrapped,
        }
        self._configured = message, answer
        self.channel.send(answer, [listener.fileno() for listener in listeners])
        for listener in listeners:
            listener.close()

    def _settle_memory(self) -> None:
        """Move everything out of the collector's sight, so that forks keep sharing these pages.

        Collecting the imports' garbage first costs a cold grade a twentieth of its time, and pays where many grades follow.
        Every worker forgets what import has listed: forgotten here, once, it is not copied for each of them first.
        """
        sys.path_importer_cache.clear()
        gc.enable()
        if self._in_lane:
            gc.collect()
        gc.freeze()

    def _start(self, message: Message, fds: list[int]) -> None:
        farms = [path for path in self.import_path if path not in sys.path]
        if farms:
            # A Python that the app starts (by grant) cannot list what is opened up around something hidden either.
            message["env"].setdefault("PYTHONPATH", os.pathsep.join(farms))
        # Who is to find the default port by itself is told none.
        port = message.get("default_port") or 0
        message.update(port=0 if port else self.listen_port, own=self.inspector)
        relay = self._fork_relay(fds, port or self.listen_port) if message.get("mode") == "command" else 0
        pid = self._birth(message, fds)
        for descriptor in fds:
            os.close(descriptor)
        watch = ground.watch(pid)
        self._poll.register(watch, select.POLLIN)
        self.living[watch] = (message["id"], pid)
        self._relays[pid] = relay
        self.channel.send({"event": "forked", "id": message["id"], "pid": pid})

    def _birth(self, message: Message, fds: list[int]) -> int:
        from gradewright.sandbox import Policy, prepare

        inspect = message.get("mode") == "inspect"
        policy = self._inspector_policy if inspect else self._policy
        if self.by_spawn:
            return births.spawn(message, fds, import_path=self.import_path, policy=policy, preload=self._preload)
        walls = prepare(Policy.from_message(policy)) if inspect else self.walls
        return births.fork(message, fds, import_path=self.import_path, walls=walls)

    def _fork_relay(self, fds: list[int], port: int) -> int:
        """Start the process that carries connections to a command's TCP port. It runs no learner code."""
        pid = os.fork()
        if pid == 0:
            try:
                from gradewright.worker.command import serve_relay

                serve_relay(fds[0], fds[1], port)
            finally:
                os._exit(0)
        return pid

    def _reap(self, pidfd: int) -> None:
        worker, pid = self.living.pop(pidfd)
        self._poll.unregister(pidfd)
        os.close(pidfd)
        # The worker led its own process group: whatever it left behind goes with it.
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGKILL)
        relay = self._relays.pop(pid, 0)
        if relay:
            # It first carries over what the command has still said.
            os.kill(relay, signal.SIGTERM)
            os.waitpid(relay, 0)
        _pid, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        ending = {"code": code} if code >= 0 else {"signal": -code}
        with contextlib.suppress(ConnectionError):
            # A grade that was given up does not listen any more.
            self.channel.send({"event": "exited", "id": worker, **ending})


def main(descriptor: int, parent: int, *, wrapped: bool = False, by_spawn: bool = False) -> None:
    """Entry point of the zygote process: `descriptor` is its end of the control socket.

    `parent` is the grader's pid, or 0 where the zygote is not its child. `wrapped` says that bubblewrap is around it,
    `by_spawn` that workers are new processes instead of forks of this one.
    """
    if sys.platform == "linux" and parent:
        from gradewright.sandbox.privileges import die_with_parent

        die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=descriptor)
    if _nobody_asks(control):
        return
    gc.disable()
    threading.stack_size(THREAD_STACK)
    births.warm()
    Zygote(control, wrapped=wrapped, by_spawn=by_spawn).run()


def _nobody_asks(control: socket.socket) -> bool:
    """Return whether the grader is gone already: one killed this early is gone before bubblewrap asks to die with it."""
    with contextlib.suppress(BlockingIOError):
        return not control.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    return False

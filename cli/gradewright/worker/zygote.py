"""The zygote: a process that has FastAPI and uvicorn imported, and forks a worker whenever the grader asks for one.

It never runs learner code. It is single-threaded (a fork copies only the calling thread), answers one control socket, and
tells the grader how each worker ended, which is the one statement about a worker that the worker cannot influence.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import select
import shutil
import signal
import socket
import sys
import threading
import traceback
from typing import Any

from gradewright.protocol import Channel, Message

#: Imported before the first request: what every exercise needs. Exercises name more under `preload`.
WARM = (
    "fastapi",
    "uvicorn",
    "uvicorn.lifespan.on",
    "uvicorn.logging",
    "uvicorn.protocols.http.h11_impl",
    "anyio._backends._asyncio",
    "gradewright.worker.child",
)
THREAD_STACK = 1 << 20
#: Where a served command listens, when the network namespace is its own; elsewhere any free port.
LISTEN_PORT = 8000


class Zygote:
    """State of the fork server: the control channel, the prepared walls and the living workers by pidfd."""

    def __init__(self, control: socket.socket, *, wrapped: bool) -> None:
        self.channel = Channel(control)
        self.wrapped = wrapped
        self.folders: dict[str, str] = {}
        self.import_path: list[str] = list(sys.path)
        self.walls: Any = None
        self.inspector = ""
        self.listen_port = 0
        self._relays: dict[int, int] = {}
        self._inspector_policy: dict[str, Any] = {}
        self.living: dict[int, tuple[int, int]] = {}  # pidfd -> (worker id, pid)
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)

    def run(self) -> None:
        """Serve until the grader closes the socket, then kill what still runs."""
        try:
            while True:
                for descriptor, _event in self._poll.poll():
                    if descriptor == self.channel.fileno():
                        self._handle(*self.channel.receive())
                        while self.channel.pending:
                            self._handle(*self.channel.receive())
                    elif descriptor in self.living:
                        self._reap(descriptor)
        except (EOFError, ConnectionError):
            pass
        finally:
            for _worker, pid in self.living.values():
                _kill(pid, signal.SIGKILL)

    def _handle(self, message: Message, fds: list[int]) -> None:
        operation = message.get("op")
        if operation == "configure":
            self._configure(message)
        elif operation == "fork":
            self._fork(message, fds)
        elif operation == "restore":
            self._restore()
            self.channel.send({"event": "restored"})
        elif operation == "signal":
            self._signal(message["id"], message["signal"])

    def _signal(self, worker: int, number: int) -> None:
        """Signal a worker. After SIGKILL, wait until it is gone: what comes next must not race with its last writes."""
        for pidfd, (found, pid) in list(self.living.items()):
            if found == worker:
                _kill(pid, number)
                if number == signal.SIGKILL and select.select([pidfd], [], [], 2.0)[0]:
                    self._reap(pidfd)

    def _configure(self, message: Message) -> None:
        from gradewright.sandbox import Policy, paths, prepare

        for name in message.get("preload", ()):
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        hidden = [os.path.realpath(path) for path in message["hidden"]]
        self.import_path = paths.import_path(message["farm"], hidden)
        if self.wrapped:
            limit_tasks()
        extra = [*message.get("readable", ()), message["farm"]]
        self.folders = message["folders"]
        self._restore()
        listeners = [_listen_on_loopback() for _service in message.get("services", ())]
        ports = [listener.getsockname()[1] for listener in listeners]
        if "tcp_listen" in message["policy"].get("grants", ()):
            self.listen_port = LISTEN_PORT if self.wrapped else _free_port()
        policy = dict(message["policy"], readable=paths.readable(hidden, extra), wrapped=self.wrapped, ports=ports)
        policy["listen_port"] = self.listen_port
        self.walls = prepare(Policy.from_message(policy))
        self.inspector = os.path.join(message["farm"], "inspector")
        os.mkdir(self.inspector)
        folders = [self.folders["submission"], self.folders["scratch"], *policy["readable"]]
        self._inspector_policy = dict(policy, readable=folders, writable=[self.inspector], grants=[])
        _settle_memory()
        self.channel.send(
            {
                "event": "configured",
                "layers": [layer.to_message() for layer in self.walls.layers],
                "versions": _versions(),
                "ports": ports,
            },
            [listener.fileno() for listener in listeners],
        )
        for listener in listeners:
            listener.close()

    def _restore(self) -> None:
        """Put the submission's files back as they were handed in, and empty the scratch folder."""
        for name in ("submission", "scratch"):
            empty_folder(self.folders[name])
        shutil.copytree(self.folders["pristine"], self.folders["submission"], dirs_exist_ok=True)

    def _fork(self, message: Message, fds: list[int]) -> None:
        farms = [path for path in self.import_path if path not in sys.path]
        if farms:
            # A Python that the app starts (by grant) cannot list what is opened up around something hidden either.
            message["env"].setdefault("PYTHONPATH", os.pathsep.join(farms))
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        message["port"] = self.listen_port
        relay = self._fork_relay(fds) if message.get("mode") == "command" else 0
        pid = os.fork()
        if pid == 0:
            # From here on this process belongs to the submission. Nothing may return into the zygote's loop.
            try:
                from gradewright.worker.child import run

                walls = self.walls
                if message.get("mode") == "inspect":
                    from gradewright.sandbox import Policy, prepare

                    message["own"] = self.inspector
                    walls = prepare(Policy.from_message(self._inspector_policy))
                run(message, fds, import_path=self.import_path, walls=walls, parent=parent)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(71)
        for descriptor in fds:
            os.close(descriptor)
        pidfd = os.pidfd_open(pid)
        self._poll.register(pidfd, select.POLLIN)
        self.living[pidfd] = (message["id"], pid)
        self._relays[pid] = relay
        self.channel.send({"event": "forked", "id": message["id"], "pid": pid})

    def _fork_relay(self, fds: list[int]) -> int:
        """Start the process that carries connections to a command's TCP port. It runs no learner code."""
        pid = os.fork()
        if pid == 0:
            try:
                from gradewright.worker.command import serve_relay

                serve_relay(fds[0], fds[1], self.listen_port)
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
            os.kill(relay, signal.SIGKILL)
            os.waitpid(relay, 0)
        _pid, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        ending = {"code": code} if code >= 0 else {"signal": -code}
        self.channel.send({"event": "exited", "id": worker, **ending})


def _listen_on_loopback() -> socket.socket:
    """Open a listener in this network namespace; the grader gets it and accepts on it, so that an app can reach a service."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    return listener


def _free_port() -> int:
    with _listen_on_loopback() as listener:
        return int(listener.getsockname()[1])


def _kill(pid: int, number: int) -> None:
    with contextlib.suppress(OSError):
        if number == signal.SIGKILL:
            os.killpg(pid, number)
    with contextlib.suppress(OSError):
        os.kill(pid, number)


def _settle_memory() -> None:
    """Collect once, then move everything out of the collector's sight, so that forks keep sharing these pages."""
    gc.enable()
    gc.collect()
    gc.freeze()


def _versions() -> dict[str, str]:
    found = {"python": ".".join(str(part) for part in sys.version_info[:3])}
    for name in ("fastapi", "starlette", "pydantic", "uvicorn"):
        module = sys.modules.get(name)
        if module is not None:
            found[name] = str(getattr(module, "__version__", "unknown"))
    return found


def warm() -> None:
    """Import what every worker needs. Nothing here may start a thread or open a file that stays open."""
    for name in WARM:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def limit_tasks(most: int = 400) -> None:
    """Bound the tasks of this pid namespace, root's too. Only from Linux 6.14 on is the setting the namespace's own."""
    release = os.uname().release.split(".")
    if [int(part) if part.isdigit() else 0 for part in release[:2]] < [6, 14]:
        return
    with contextlib.suppress(OSError), open("/proc/sys/kernel/pid_max", "w", encoding="ascii") as file:
        file.write(str(most))


def empty_folder(path: str) -> None:
    """Remove everything in `path`; links are removed, not followed."""
    for entry in os.scandir(path):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                os.unlink(entry.path)


def main(descriptor: int, parent: int, *, wrapped: bool = False) -> None:
    """Entry point of the zygote process: `descriptor` is its end of the control socket.

    `parent` is the grader's pid, or 0 where the zygote is not its child. `wrapped` says that bubblewrap is around it.
    """
    if sys.platform == "linux" and parent:
        from gradewright.sandbox.privileges import die_with_parent

        die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    threading.stack_size(THREAD_STACK)
    warm()
    Zygote(socket.socket(fileno=descriptor), wrapped=wrapped).run()

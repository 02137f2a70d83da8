"""The `app` handle: what a suite can do to the learner's app besides sending requests."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from gradewright.worker_control import diagnosis
from gradewright.worker_control.doubles import Double
from gradewright.worker_control.inspector import Inspector
from gradewright.worker_control.launch import Launch, Start, StartFailed
from gradewright.worker_control.outcomes import Finished, Override
from gradewright.worker_control.process import CommandFailed, NotAnswered, WorkerDied, WorkerProcess
from gradewright.worker_control.twins import Twin, TwinBoard, TwinCall
from gradewright.worker_control.zygote import ZygoteClient

#: Characters of output kept at each end for the report.
KEEP_OUTPUT = 32_768


class AppHandle:
    """Starts, restarts and instruments the learner's app. One per test; the worker underneath may live longer."""

    def __init__(self, zygote: ZygoteClient, launch: Launch, twins: TwinBoard | None = None) -> None:
        self._zygote = zygote
        self.launch = launch
        self.twins = twins or TwinBoard()
        self.worker: WorkerProcess | None = None
        self.overrides: list[Override] = []
        self.current = Start()
        self._disturbed = False
        self.output: dict[str, Any] = {"text": "", "size": 0, "cut": False}

    # Life cycle

    def start(self, start: Start | None = None) -> None:
        """Fork a worker without waiting for it; `wait_ready` does that."""
        self.current = start or Start()
        self._disturbed = False
        self.worker = self._zygote.fork(self.launch.spec(self.current), self.twins.on_message)

    @property
    def pristine(self) -> bool:
        """Whether the app runs as it was first started."""
        return self.current.plain

    @property
    def own_network(self) -> bool:
        """Whether the app's loopback network is its own (under bubblewrap), so that no port of it is somebody else's."""
        return bool(self._zygote.wait_configured().get("own_network"))

    def wait_ready(self) -> WorkerProcess:
        """Return the worker once it serves. Raises StartFailed, in bounded time, with what went wrong."""
        worker = self._current()
        if worker.ready and not worker.dead:
            return worker
        if not worker.wait_started(time.monotonic() + self.launch.start_limit):
            facts = {
                "kind": "start_timeout",
                "stage": worker.stage,
                "limit": self.launch.start_limit,
                **self.where(),
            }
            self.stop()
            raise StartFailed(facts)
        if worker.problem is not None:
            raise StartFailed(worker.problem)
        if not worker.ready:
            raise StartFailed(diagnosis.ended_early(worker, self._zygote, self.launch.root))
        return worker

    def restart(
        self,
        env: dict[str, str] | None = None,
        *,
        files: dict[str, str] | None = None,
        app: str | None = None,
        command: Sequence[str] = (),
        port: int = 0,
        fresh: bool = False,
    ) -> None:
        """End the app (SIGKILL) and start it again.

        `env` is added to its environment, `files` are written into its folder first, `app` names another `module:attribute`
        to serve, `command` a server to run instead (its calls do not settle: nobody of ours stands in it). It finds its port
        in PORT; with `port` it is told none and is expected there, which only 8000 can be, and only with `own_network`.
        What the app wrote stays where it is, so that durability can be tested; `fresh` puts all files back as they were
        submitted. Overrides end with the process. Raises StartFailed when the new one does not get to serve.
        """
        self._untold(port)
        self.stop()
        if fresh:
            self._zygote.restore()
        self.start(Start(env or {}, files or {}, app, tuple(command), port))
        self.wait_ready()

    def fresh(self) -> None:
        """Have the app as a start leaves it: `restart(fresh=True)`, left out when nobody has asked anything of it yet."""
        worker = self.worker
        if worker is None or worker.dead or worker.asked or self._disturbed or not self.pristine:
            self.restart(fresh=True)

    def _untold(self, port: int) -> int:
        if port and not self.own_network:
            raise ValueError("where the app shares the machine's network, a command has to be told its port")
        return port

    @contextlib.contextmanager
    def second(self, env: dict[str, str] | None = None, *, command: Sequence[str] = (), port: int = 0) -> Iterator[AppHandle]:
        """Run another instance of the same app beside this one: same folder, same twins, its own process.

        `command` is a server to run instead, as in `restart`; it gets `env` alone.
        """
        self._disturbed = True
        other = AppHandle(self._zygote, self.launch, self.twins)
        if command:
            other.start(Start(env or {}, {}, None, tuple(command), self._untold(port)))
        else:
            other.start(Start({**self.current.env, **(env or {})}, {}, self.current.app))
        try:
            other.wait_ready()
            yield other
        finally:
            other.stop()

    def signal(self, number: int) -> None:
        """Send the app a signal, as a supervisor would: signal.SIGTERM for a graceful stop, signal.SIGKILL for none."""
        self._disturbed = True
        self._zygote.signal(self._current(), number)

    def wait_exit(self, seconds: float = 5.0) -> dict[str, Any] | None:
        """Return how the process ended, {"code": int} or {"signal": int} as its parent saw it; None if it still runs."""
        return self._current().wait_ended(time.monotonic() + seconds)

    # Provided modules

    def serve(self, name: str, answer: Callable[[TwinCall], Any]) -> Twin:
        """Answer calls that a twin makes as `name`; see worker_control.twins. Ends with the test."""
        return self.twins.serve(name, answer)

    def stop(self) -> None:
        """Kill the worker, if there is one."""
        self.overrides.clear()
        if self.worker is not None:
            self.note_output()
            self._zygote.kill(self.worker)
            self.worker = None

    def note_output(self) -> None:
        """Add what the current worker printed to `output`, keeping the head and the tail of all of it."""
        assert self.worker is not None
        source = self.worker.output
        source.drain()
        text = self.output["text"] + source.text()
        if len(text) > 2 * KEEP_OUTPUT:
            text = f"{text[:KEEP_OUTPUT]}\n[… the middle is left out …]\n{text[-KEEP_OUTPUT:]}"
            self.output["cut"] = True
        self.output["text"] = text
        self.output["size"] += source.size

    def _current(self) -> WorkerProcess:
        if self.worker is None:
            raise StartFailed({"kind": "not_started"})
        return self.worker

    # Overrides

    @contextlib.contextmanager
    def override(self, name: str, double: Double) -> Iterator[Override]:
        """Put `double` in the place of the dependency called `name` for the length of the block.

        Raises CommandFailed("no_dependency") when the app depends on nothing of that name.
        """
        worker = self._current()
        answer = worker.command("override", name=name, double=double.to_message())
        override = Override(name, double.sentence(name), int(answer["token"]), worker)
        self.overrides.append(override)
        try:
            yield override
        finally:
            if override in self.overrides:
                self.overrides.remove(override)
            with contextlib.suppress(CommandFailed, NotAnswered, WorkerDied):
                worker.command("restore", token=override.token)

    # Looking inside (self-reported by the worker)

    def routes(self) -> list[dict[str, Any]]:
        """Return every route, through included routers and mounts; see worker.introspect.routes for the fields."""
        return list(self._current().command("routes"))

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document as the app builds it."""
        return dict(self._current().command("openapi"))

    @contextlib.contextmanager
    def sql_log(self) -> Iterator[list[str]]:
        """Collect the SQL statements that SQLAlchemy sends inside the block; the list is filled at its end."""
        statements: list[str] = []
        worker = self._current()
        worker.command("sql_start")
        try:
            yield statements
        finally:
            found = worker.command("sql_stop")
            statements += [str(item) for item in found] if isinstance(found, list) else []

    @contextlib.contextmanager
    def inspect(self) -> Iterator[Inspector]:
        """Look at the files the app left, through a sandboxed reader."""
        worker = self._zygote.fork({"mode": "inspect", **self.launch.spec(Start())})
        try:
            if not worker.wait_started(time.monotonic() + self.launch.start_limit) or not worker.ready:
                raise NotAnswered("inspect")
            yield Inspector(worker)
        finally:
            self._zygote.kill(worker)

    def run_tests(
        self,
        path: str = "tests",
        *,
        files: dict[str, str] | None = None,
        env: dict[str, str] | None = None,
        seconds: float = 30.0,
    ) -> dict[str, str]:
        """Run the learner's own tests in the sandbox; return {test id: passed | failed | skipped | error}.

        `files` (path → text) replace files first, for example the target by a broken one; `env` is added to the environment,
        for example PYTEST_ADDOPTS with a plugin of the exercise's. Twins are answered as in the app. What comes back is the
        word of the code that ran. An empty dict means that the run did not end in `seconds`, or broke off.
        """
        self._disturbed = True
        spec = self.launch.spec(Start(env or {}, files or {}))
        worker = self._zygote.fork({"mode": "tests", "tests": path, **spec}, self.twins.on_message)
        try:
            worker.wait_ended(time.monotonic() + seconds)
            outcomes = (worker.tests or {}).get("outcomes")
            return {str(key): str(value) for key, value in outcomes.items()} if isinstance(outcomes, dict) else {}
        finally:
            self._zygote.kill(worker)

    def run(self, *argv: str, env: dict[str, str] | None = None, seconds: float = 30.0) -> Finished:
        """Run a program (needs the grant `exec`) to its end in the sandbox, in the app's folder, beside the app.

        It gets the app's environment, PORT included, with `env` added, and is killed after `seconds`. What it printed and its
        exit code are the word of the code that ran; what it did to files or databases is for the suite to look at.
        """
        self._disturbed = True
        start = Start({**self.current.env, **(env or {})})
        spec = {**self.launch.spec(start), "mode": "program", "argv": list(argv), "default_port": self.current.port}
        worker = self._zygote.fork(spec)
        try:
            ending = worker.wait_ended(time.monotonic() + seconds) or {}
            worker.output.drain()
            code = ending.get("code")
            return Finished(code if isinstance(code, int) else None, worker.output.text())
        finally:
            self._zygote.kill(worker)

    def log(self) -> str:
        """Return what the current process has printed so far, stdout and stderr together."""
        output = self._current().output
        output.drain()
        return output.text()

    def where(self) -> dict[str, Any]:
        """Return where the app is right now: {"frames": the main thread's learner frames, "tasks": [frames, …]}."""
        worker = self._current()
        if self.current.command:
            # Nobody of ours is in it, and to many servers SIGUSR1 is the end.
            return {"frames": [], "tasks": []}
        return diagnosis.where(worker, self._zygote, self.launch.root)

"""The pytest plugin of the grader's child: the fixtures, the shuffled order, and the record of every outcome."""

from __future__ import annotations

import contextlib
import hashlib
import random
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gradewright.client import Client, RequestFailed
from gradewright.suite.expect import Expect
from gradewright.suite.nonce import Nonce
from gradewright.suite.recorder import Recorder, is_fault, is_submission
from gradewright.worker_control.app import AppHandle
from gradewright.worker_control.launch import StartFailed
from gradewright.worker_control.process import CommandFailed, NotAnswered, WorkerDied


class GradePlugin:
    """One grade: ties the collected tests to points, runs them against one app handle, reports each outcome."""

    def __init__(
        self,
        app: AppHandle,
        recorder: Recorder,
        seed: bytes,
        points: list[str],
        only: list[str] | None = None,
    ) -> None:
        self._app = app
        self._recorder = recorder
        self._seed = seed
        self._points = points
        self._only = only
        self._must_restart = False
        self._services: dict[str, Any] = {}
        self.fault: str | None = None
        self.start_problem: dict[str, Any] | None = None

    # Collection

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "point(id): the interview point a test belongs to")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        tests = []
        for item in items:
            found = _point_of(item)
            if found not in self._points:
                self.fault = f"{item.name} belongs to the point {found!r}, which exercise.toml does not have"
            tests.append([item.nodeid.rpartition("/")[2], found])
        self._recorder.send({"event": "collected", "tests": tests})
        # A submission that counts requests must not learn which test is running.
        order = hashlib.blake2b(b"order", key=self._seed).digest()
        random.Random(order).shuffle(items)  # noqa: S311 - the key is secret until the grade is over

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        if self.fault:
            session.items.clear()
            return
        # The worker started before collection; only now is its answer needed.
        try:
            self._app.wait_ready()
        except StartFailed as failure:
            self.start_problem = failure.facts
            # pytest looks at `shouldstop` only after a test, and that test would start the app once more.
            session.items.clear()

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.fault = f"the suite could not be collected: {report.longrepr}"

    # Fixtures

    @pytest.fixture
    def app(self) -> Iterator[AppHandle]:
        """The handle on the learner's app, in its default state at the start of every test."""
        app = self._app
        if self._must_restart or app.worker is None or app.worker.dead or not app.pristine:
            app.restart(fresh=True)
            self._must_restart = False
        yield app
        app.overrides.clear()
        app.twins.clear()

    @pytest.fixture
    def client(self, app: AppHandle) -> Iterator[Client]:
        """An httpx client on the app, with cookies of its own."""
        with Client(app, self._recorder.exchange) as client:
            yield client

    @pytest.fixture
    def new_client(self, app: AppHandle) -> Iterator[Callable[..., Client]]:
        """Make further clients: `new_client(other_app)`, `new_client(root_path="/api")`, or with httpx.Client's options."""
        made: list[Client] = []

        def make(of: AppHandle | None = None, **options: Any) -> Client:
            made.append(Client(of or app, self._recorder.exchange, **options))
            return made[-1]

        yield make
        for client in made:
            client.close()

    @pytest.fixture
    def nonce(self, request: pytest.FixtureRequest) -> Nonce:
        """This test's random inputs."""
        return Nonce(self._seed, request.node.nodeid.rpartition("/")[2])

    @pytest.fixture
    def expect(self) -> Expect:
        """The checks, each with its authored message."""
        return Expect(self._recorder.check)

    @pytest.fixture
    def upstream(self) -> Iterator[Any]:
        """The HTTP service that the app may call; the exercise needs the grant `upstream`."""
        service = self._services["upstream"]
        service.reset()
        yield service
        service.reset()

    @pytest.fixture
    def redis(self) -> Any:
        """The Redis server that the app may use, emptied; the exercise needs the grant `redis`."""
        service = self._services["redis"]
        service.flush()
        return service

    def open_services(self, names: list[str], ports: list[int], listeners: list[int]) -> None:
        """Start the services that the exercise's grants name, on listeners inside the app's network."""
        if not names:
            return
        from gradewright.worker_control import services

        kinds: dict[str, Callable[[socket.socket, int], Any]] = {"upstream": services.Upstream, "redis": services.Redis}
        for name, port, listener in zip(names, ports, listeners, strict=True):
            self._services[name] = kinds[name](socket.socket(fileno=listener), port)
            self._app.launch.environment[f"{name.upper()}_URL"] = self._services[name].url

    # Outcomes

    def pytest_runtest_setup(self) -> None:
        self._recorder.begin()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        report = yield
        error = call.excinfo.value if call.excinfo is not None else None
        if error is not None:
            self._note_damage(error)
        if call.when == "call" or (error is not None and call.when == "setup"):
            if error is not None and (is_fault(error) or (call.when == "setup" and not is_submission(error))):
                self._fault(item, call.when, error)
            else:
                self._recorder.outcome(item.nodeid.rpartition("/")[2], str(_point_of(item)), error)
        elif error is not None and not is_submission(error):
            self._fault(item, call.when, error)
        return report

    def _note_damage(self, error: BaseException) -> None:
        """A server that hung or died is replaced before the next test: one bad route must not cost the other points."""
        if isinstance(error, RequestFailed | WorkerDied | NotAnswered | CommandFailed | StartFailed):
            self._must_restart = True

    def _fault(self, item: pytest.Item, when: str, error: BaseException) -> None:
        self.fault = f"{item.name}, {when}: {type(error).__name__}: {error}"
        item.session.shouldfail = self.fault

    def finish(self) -> None:
        """End the last worker."""
        with contextlib.suppress(Exception):
            self._app.stop()
        redis = self._services.get("redis")
        if redis is not None:
            redis.close()


def _point_of(item: pytest.Item) -> str | None:
    marker = item.get_closest_marker("point")
    return str(marker.args[0]) if marker is not None and marker.args else None

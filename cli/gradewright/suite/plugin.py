"""The pytest plugin of the grader's child: the fixtures, the shuffled order, and the record of every outcome."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gradewright.client import Client, RequestFailed
from gradewright.suite.expect import Expect
from gradewright.suite.judging import Judging
from gradewright.suite.nonce import Nonce
from gradewright.suite.recorder import is_fault, is_submission
from gradewright.worker_control.app import AppHandle
from gradewright.worker_control.launch import StartFailed
from gradewright.worker_control.process import CommandFailed, NotAnswered, WorkerDied


class GradePlugin:
    """One grade: ties the collected tests to points, runs them against one app handle, reports each outcome."""

    def __init__(self, points: list[str], begin: Callable[[], Judging | None]) -> None:
        self._points = points
        self._begin = begin
        self._judging: Judging | None = None
        self._must_restart = False
        self._faults: list[str] = []

    @property
    def judging(self) -> Judging:
        """The grade under way. Only after collection: a template collects before there is one."""
        assert self._judging is not None
        return self._judging

    def note_fault(self, text: str) -> None:
        """Keep why this grade is the grader's own failure; the first reason counts."""
        self._faults.append(text)
        if self._judging is not None:
            self._judging.fault = self._judging.fault or text

    # Collection

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "point(id): the interview point a test belongs to")

    def pytest_exception_interact(self, node: pytest.Item | pytest.Collector, call: pytest.CallInfo[Any]) -> None:
        if call.excinfo is not None and isinstance(node, pytest.Collector):
            from gradewright.suite.authors import collection

            self.note_fault(f"the suite could not be collected. {collection(call.excinfo.value, node.config.rootpath)}")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.note_fault(f"the suite could not be collected: {report.longrepr}")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        tests = []
        for item in session.items:
            found = _point_of(item)
            if found not in self._points:
                from gradewright.suite.authors import point

                self.note_fault(f"{item.name} {point(found, self._points)}")
            tests.append([item.nodeid.rpartition("/")[2], found])
        # In a template this is where it stays; a fork of it goes on for each grade.
        self._judging = judging = self._begin()
        if judging is None:
            session.items.clear()
            return
        judging.fault = judging.fault or next(iter(self._faults), None)
        judging.recorder.send({"event": "collected", "tests": tests})
        if judging.fault:
            session.items.clear()
            return
        # A submission that counts requests must not learn which test is running.
        order = hashlib.blake2b(b"order", key=judging.seed).digest()
        random.Random(order).shuffle(session.items)  # noqa: S311 - the key is secret until the grade is over
        last = len(judging.first)
        session.items.sort(key=lambda item: (not _runs_first(item), judging.first.get(str(_point_of(item)), last)))
        # The worker started before collection; only now is its answer needed.
        try:
            judging.app.wait_ready()
            judging.note_app()
        except StartFailed as failure:
            judging.problem = failure.facts
            # pytest looks at `shouldstop` only after a test, and that test would start the app once more.
            session.items.clear()

    # Fixtures

    @pytest.fixture
    def app(self) -> Iterator[AppHandle]:
        """The handle on the learner's app, in its default state at the start of every test."""
        app = self.judging.app
        if self._must_restart or app.worker is None or app.worker.dead or not app.pristine:
            app.restart(fresh=True)
            self._must_restart = False
        yield app
        app.overrides.clear()
        app.twins.clear()

    @pytest.fixture
    def client(self, app: AppHandle) -> Iterator[Client]:
        """An httpx client on the app, with cookies of its own."""
        with Client(app, self.judging.recorder.exchange) as client:
            yield client

    @pytest.fixture
    def new_client(self, app: AppHandle) -> Iterator[Callable[..., Client]]:
        """Make further clients: `new_client(other_app)`, `new_client(root_path="/api")`, or with httpx.Client's options."""
        made: list[Client] = []

        def make(of: AppHandle | None = None, **options: Any) -> Client:
            made.append(Client(of or app, self.judging.recorder.exchange, **options))
            return made[-1]

        yield make
        for client in made:
            client.close()

    @pytest.fixture
    def nonce(self, request: pytest.FixtureRequest) -> Nonce:
        """This test's random inputs."""
        return Nonce(self.judging.seed, request.node.nodeid.rpartition("/")[2])

    @pytest.fixture
    def expect(self) -> Expect:
        """The checks, each with its authored message."""
        return Expect(self.judging.recorder.check)

    @pytest.fixture
    def upstream(self) -> Iterator[Any]:
        """The HTTP service that the app may call; the exercise needs the grant `upstream`."""
        service = self.judging.services["upstream"]
        service.reset()
        yield service
        service.reset()

    @pytest.fixture
    def redis(self) -> Any:
        """The Redis server that the app may use, emptied; the exercise needs the grant `redis`."""
        service = self.judging.services["redis"]
        service.flush()
        return service

    # Outcomes

    def pytest_runtest_setup(self) -> None:
        self.judging.recorder.begin()

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
                self.judging.recorder.outcome(item.nodeid.rpartition("/")[2], str(_point_of(item)), error, item.config.rootpath)
                if error is not None and self.judging.until_lost:
                    item.session.shouldstop = "one check has failed"
        elif error is not None and not is_submission(error):
            self._fault(item, call.when, error)
        return report

    def _note_damage(self, error: BaseException) -> None:
        """A server that hung or died is replaced before the next test: one bad route must not cost the other points."""
        if isinstance(error, RequestFailed | WorkerDied | NotAnswered | CommandFailed | StartFailed):
            self._must_restart = True

    def _fault(self, item: pytest.Item, when: str, error: BaseException) -> None:
        text = f"{item.name}, {when}: {type(error).__name__}: {error}"
        if isinstance(error, pytest.FixtureLookupError):
            from gradewright.suite.authors import fixture

            text = f"{item.name}: {fixture(error.argname or '')}"
        self.note_fault(text)
        item.session.shouldfail = text


def _point_of(item: pytest.Item) -> str | None:
    marker = item.get_closest_marker("point")
    return str(marker.args[0]) if marker is not None and marker.args else None


def _runs_first(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("point")
    return marker is not None and bool(marker.kwargs.get("first"))

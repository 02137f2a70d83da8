"""A pytest plugin that puts Gradewright's client in the place of Starlette's TestClient, for FastAPI's own tutorial tests.

The app a test names is found by where it was imported from, and served by a worker; the test then speaks to it over the Unix
socket. Loaded with `-p` into a pytest run inside a copy of FastAPI's source; see test_tutorial.py.
"""

from __future__ import annotations

import builtins
import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from typing import Any, Self

import fastapi.testclient
import httpx
import pytest
import starlette.testclient
from starlette.websockets import WebSocketDisconnect as Starlettes

from gradewright.client import Client, WebSocketDenied, WebSocketDisconnect
from gradewright.session import workspace
from gradewright.worker_control import bubblewrap, spawn
from gradewright.worker_control.app import AppHandle
from gradewright.worker_control.launch import Launch, Start
from gradewright.worker_control.pump import Pump
from gradewright.worker_control.zygote import ZygoteClient


class Fleet:
    """The zygote of one test run, and the workers of the running test."""

    def __init__(self) -> None:
        # Tests look at files that the app wrote in the working directory, so it must be the same folder for both.
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(bubblewrap, "find", lambda: None)
            self.work = workspace.create()
            self.process = spawn.start_zygote(self.work)
        self.zygote = ZygoteClient(self.process.control, f"{self.work}/sockets", Pump())
        folders = {name: f"{self.work}/{name}" for name in ("pristine", "submission", "scratch")}
        self.zygote.configure(
            {
                "hidden": [],
                "farm": f"{self.work}/farm",
                "services": [],
                "folders": folders,
                "policy": {"writable": [os.getcwd(), folders["scratch"]], "grants": [], "limits": {}},
                "readable": [os.getcwd()],
            }
        )
        self.zygote.wait_configured()
        self.handles: list[AppHandle] = []

    def handle(self) -> AppHandle:
        """Return a handle that is not started yet: a client made at import time may wait long for its first test."""
        return AppHandle(self.zygote, Launch(root=os.getcwd(), scratch=f"{self.work}/scratch"))

    def need(self, handle: AppHandle, target: str) -> None:
        """Start the app unless it runs."""
        if handle.worker is None or handle.worker.dead:
            handle.stop()
            handle.start(Start(dict(os.environ), {}, target))
            handle.wait_ready()
            self.handles.append(handle)

    def end_test(self) -> None:
        while self.handles:
            self.handles.pop().stop()

    def close(self) -> None:
        self.process.control.close()
        self.process.stop()
        workspace.remove(self.work)


FLEET = pytest.StashKey[Fleet]()


def locate(app: Any) -> str:
    """Return `module:attribute` of an app that the test imported. Raises LookupError."""
    for name, module in list(sys.modules.items()):
        if name.startswith("docs_src"):
            for attribute, value in list(vars(module).items()):
                if value is app:
                    return f"{name}:{attribute}"
    raise LookupError("the app is not a module's variable, so no other process can import it")


def raised(text: str, target: str) -> Exception:
    """Return an exception of the class that the app reported, with its text: TestClient re-raises it in the test."""
    name, _, message = text.partition(": ")
    own = sys.modules.get(target.partition(":")[0])
    for owner in (builtins, own, sys.modules.get("fastapi.exceptions"), sys.modules.get("pydantic")):
        kind = getattr(owner, name, None)
        if isinstance(kind, type) and issubclass(kind, Exception):
            with contextlib.suppress(TypeError):
                error = kind.__new__(kind)
                Exception.__init__(error, message)
                return error
    return RuntimeError(text)


class _Session:
    """A WebSocket session that raises Starlette's own exceptions, as the tests expect."""

    def __init__(self, opened: Any) -> None:
        self._opened = opened

    def __enter__(self) -> Self:
        with _translated():
            self._session = self._opened.__enter__()
        return self

    def __exit__(self, *details: object) -> Any:
        with _translated():
            closed = self._opened.__exit__(*details)
        if details[0] is None and self._session.error.startswith("WebSocketDisconnect"):
            # TestClient re-raises what the endpoint ended with; here only its text crosses.
            raise Starlettes(1000)
        return closed

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._session, name)
        if not callable(found):
            return found

        def call(*args: Any, **options: Any) -> Any:
            with _translated():
                return found(*args, **options)

        return call


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except WebSocketDisconnect as error:
        raise Starlettes(error.code, error.reason) from None
    except WebSocketDenied as error:
        raise Starlettes(error.code or 1000, error.reason or "") from None


def make_client_class(fleet: Fleet) -> type:
    class FidelityClient(Client):
        __test__ = False

        def __init__(self, app: Any, raise_server_exceptions: bool = True, **options: Any) -> None:
            self.app_object = app
            self.raise_server_exceptions = raise_server_exceptions
            options.pop("backend", None)
            self.exchanges: list[Any] = []
            self.target = locate(app)
            # What TestClient sends: some tests compare the headers that the app received.
            options["headers"] = {"accept-encoding": "gzip, deflate", **(options.get("headers") or {})}
            super().__init__(fleet.handle(), self.exchanges.append, **options)

        def __exit__(self, *details: Any) -> None:  # noqa: PYI036 - httpx names the three types
            super().__exit__(*details)
            # Leaving the context is what runs an app's shutdown under TestClient.
            if self.app.worker is not None and not self.app.worker.dead:
                self.app.signal(signal.SIGTERM)
                self.app.wait_exit()

        def request(self, *args: Any, **options: Any) -> httpx.Response:
            fleet.need(self.app, self.target)
            del self.exchanges[:]
            reply = super().request(*args, **options)
            if self.raise_server_exceptions and self.exchanges and self.exchanges[-1].error:
                raise raised(self.exchanges[-1].error, self.target)
            return reply

        def websocket_connect(self, *args: Any, **options: Any) -> Any:
            fleet.need(self.app, self.target)
            return _Session(super().websocket_connect(*args, **options))

    return FidelityClient


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    fleet = Fleet()
    config.stash[FLEET] = fleet
    kind = make_client_class(fleet)
    fastapi.testclient.TestClient = kind  # type: ignore[misc,assignment]
    starlette.testclient.TestClient = kind  # type: ignore[misc,assignment]


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    # Clients at module level, and module fixtures, serve several tests; what is left goes at a module's end.
    if nextitem is None or nextitem.module is not item.module:  # type: ignore[attr-defined]
        item.config.stash[FLEET].end_test()


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[FLEET].close()

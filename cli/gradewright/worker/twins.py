"""For instrumented twins of provided modules: ask the grader what to answer.

A twin keeps no state and no expectation. `call` (or `acall`, on the event loop) sends the call's name and arguments to the
grader and returns what the grader decides, when it decides: so results are random, calls are counted, and calls are held until
enough of them are in flight, all outside the submission's process.

A twin is written as::

    from gradewright.worker.twins import acall, call

    class NotFound(Exception):
        ...

    def get(order_id):
        return call("service.get", order_id, errors={"NotFound": NotFound})
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import threading
from collections.abc import Callable, Mapping
from typing import Any

Errors = Mapping[str, Callable[..., BaseException]]


class TwinFailed(RuntimeError):
    """The grader answered with an error that the twin does not know."""


class Twins:
    """The pending calls of one process. `send` is the control link; `answer` is called by its thread with a reply, and `wait`
    blocks any thread, that one included, until a reply has set an event."""

    def __init__(self, send: Callable[[dict[str, Any]], None], wait: Callable[[threading.Event], None]) -> None:
        self._send = send
        self.wait = wait
        self._numbers = itertools.count(1)
        self._pending: dict[int, Callable[[dict[str, Any]], None]] = {}
        # Reentrant: a finalizer that calls a twin may run while this thread holds it.
        self._lock = threading.RLock()

    def ask(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], done: Callable[[dict[str, Any]], None]) -> None:
        """Send a call; `done` receives the reply on the control thread."""
        with self._lock:
            number = next(self._numbers)
            self._pending[number] = done
        self._send({"event": "twin", "id": number, "name": name, "args": args, "kwargs": kwargs, "pid": os.getpid()})

    def answer(self, message: dict[str, Any]) -> None:
        with self._lock:
            done = self._pending.pop(int(message["id_of_call"]), None)
        if done is not None:
            done(message)


class _Current:
    """Where twins find the process's link: set once, before learner code is imported."""

    twins: Twins | None = None


def connect(twins: Twins) -> None:
    _Current.twins = twins


def _current() -> Twins:
    if _Current.twins is None:
        raise TwinFailed("this module is the grader's twin and works only while grading")
    return _Current.twins


def _value(reply: dict[str, Any], errors: Errors) -> Any:
    error = reply.get("error")
    if error is None:
        return reply.get("value")
    maker = errors.get(str(error.get("type")))
    if maker is None:
        raise TwinFailed(f"{error.get('type')}: {error.get('args')}")
    raise maker(*error.get("args", ()))


def call(name: str, *args: Any, errors: Errors | None = None, **kwargs: Any) -> Any:
    """Ask the grader and block this thread until it answers. `errors` maps names the grader may raise to exceptions."""
    arrived = threading.Event()
    box: list[dict[str, Any]] = []

    def done(reply: dict[str, Any]) -> None:
        box.append(reply)
        arrived.set()

    current = _current()
    current.ask(name, args, kwargs, done)
    current.wait(arrived)
    return _value(box[0], errors or {})


async def acall(name: str, *args: Any, errors: Errors | None = None, **kwargs: Any) -> Any:
    """Ask the grader and await its answer; the event loop goes on."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[dict[str, Any]] = loop.create_future()

    def settle(reply: dict[str, Any]) -> None:
        if not future.done():
            future.set_result(reply)

    def done(reply: dict[str, Any]) -> None:
        # The loop may be closed by then: a server that stops does not wait for its twins.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, reply)

    _current().ask(name, args, kwargs, done)
    return _value(await future, errors or {})

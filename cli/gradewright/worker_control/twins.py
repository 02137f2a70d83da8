"""The grader's side of instrumented twins: it decides what each call returns, when, and remembers who asked.

Whatever a worker claims here can only cost it points: results are drawn by the grader and must show up on the wire.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

#: Calls remembered of one twin; a submission that calls without end must not fill the grader's memory.
MAX_CALLS = 10_000


class TwinRaise(Exception):
    """Raised by an answer to make the twin raise the error it knows as `name`, with these arguments."""

    def __init__(self, name: str, *args: Any) -> None:
        super().__init__(name, *args)
        self.name = name
        self.arguments = args


@dataclass(slots=True)
class TwinCall:
    """One call that a twin made: its arguments, when it came (monotonic seconds), and the answer that is due."""

    name: str
    args: list[Any]
    kwargs: dict[str, Any]
    at: float
    _reply: Callable[[dict[str, Any]], None]
    answered: bool = False

    def answer(self, value: Any = None, *, error: TwinRaise | None = None) -> None:
        """Send the answer, once."""
        if self.answered:
            return
        self.answered = True
        if error is None:
            self._reply({"value": value})
        else:
            self._reply({"error": {"type": error.name, "args": list(error.arguments)}})


class NotInFlight(Exception):
    """Fewer calls than wanted were in flight at the same time when the wait ended."""

    def __init__(self, wanted: int, seen: int, seconds: float) -> None:
        super().__init__(f"{seen} of {wanted} calls were in flight at the same time within {seconds:g} s")
        self.wanted = wanted
        self.seen = seen


@dataclass(slots=True)
class Twin:
    """One function of a provided module. `answer` makes the value of a call (or raises TwinRaise); it must not block."""

    name: str
    answer: Callable[[TwinCall], Any]
    calls: list[TwinCall] = field(default_factory=list)
    _held: list[TwinCall] | None = None
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def on_call(self, call: TwinCall) -> None:
        """Take a call in, on the pump's thread."""
        with self._changed:
            if len(self.calls) < MAX_CALLS:
                self.calls.append(call)
            held = self._held is not None
            if self._held is not None:
                self._held.append(call)
            self._changed.notify_all()
        if not held:
            self._settle(call)

    def _settle(self, call: TwinCall) -> None:
        try:
            call.answer(self.answer(call))
        except TwinRaise as error:
            call.answer(error=error)
        except Exception as error:  # noqa: BLE001 - a hostile call may have any arguments; it must not end the pump
            call.answer(error=TwinRaise("Unanswerable", self.name, type(error).__name__))

    @contextlib.contextmanager
    def hold(self) -> Iterator[Twin]:
        """Leave calls unanswered inside the block; at its end, or at `release`, all of them are answered."""
        with self._changed:
            self._held = []
        try:
            yield self
        finally:
            self.release()

    def wait_in_flight(self, count: int, seconds: float = 4.0) -> list[TwinCall]:
        """Inside `hold`: return once `count` calls are waiting at the same time. Raises NotInFlight."""
        deadline = time.monotonic() + seconds
        with self._changed:
            self._changed.wait_for(lambda: len(self._held or []) >= count, timeout=max(0.0, deadline - time.monotonic()))
            held = list(self._held or [])
        if len(held) < count:
            raise NotInFlight(count, len(held), seconds)
        return held

    def wait_calls(self, count: int, seconds: float = 4.0) -> list[TwinCall]:
        """Return once the twin has been called `count` times in all since `forget`. Raises NotInFlight."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.calls) >= count, timeout=seconds)
            if len(self.calls) < count:
                raise NotInFlight(count, len(self.calls), seconds)
            return list(self.calls)

    def release(self) -> None:
        """Answer everything that is held, and hold nothing more."""
        with self._changed:
            held, self._held = self._held or [], None
        for call in held:
            self._settle(call)

    def forget(self) -> None:
        """Forget the calls so far."""
        with self._changed:
            self.calls.clear()


class TwinBoard:
    """The twins of one app by name. A call to a name that no test serves is refused in the worker."""

    def __init__(self) -> None:
        self._twins: dict[str, Twin] = {}

    def serve(self, name: str, answer: Callable[[TwinCall], Any]) -> Twin:
        """Serve calls to `name` with `answer`, from now on."""
        twin = Twin(name, answer)
        self._twins[name] = twin
        return twin

    def clear(self) -> None:
        """Release what is held and serve nothing."""
        for twin in self._twins.values():
            twin.release()
        self._twins.clear()

    def on_message(self, message: dict[str, Any], reply: Callable[[dict[str, Any]], None]) -> None:
        """Take a twin message from a worker. Its shape is checked here; a wrong one is dropped."""
        name, args, kwargs = message.get("name"), message.get("args"), message.get("kwargs")
        if not isinstance(name, str) or not isinstance(args, list) or not isinstance(kwargs, dict):
            return
        call = TwinCall(name, args, kwargs, time.monotonic(), reply)
        twin = self._twins.get(name)
        if twin is None:
            call.answer(error=TwinRaise("Unserved", name))
            return
        twin.on_call(call)

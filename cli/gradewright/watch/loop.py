"""Decides what happens after a save, a key, a verdict or a signal. One thread; everything else tells it through a queue."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Protocol

from gradewright.errors import EXIT_OK, GradewrightError
from gradewright.model import Exercise, Verdict
from gradewright.session.processes import ChildFailed
from gradewright.watch.changes import describe, judged
from gradewright.watch.runner import REPEAT_SECONDS, Ended
from gradewright.watch.watcher import Change, Gone, Saved

#: A program that writes into the folder all the time must not keep a learner from ever seeing a verdict.
MAX_RESTARTS = 5

QUIT_KEYS = ("q", "\x04")


@dataclass(frozen=True, slots=True)
class Key:
    """A key was pressed."""

    name: str


@dataclass(frozen=True, slots=True)
class Stop:
    """The program was asked to end, with this exit code."""

    code: int


Event = Saved | Gone | Ended | Key | Stop
#: An event and the number of the round it belongs to; what an exercise left behind still says is not heard.
Told = tuple[int, Event]


@dataclass(frozen=True, slots=True)
class Target:
    """The exercise and where the submission is."""

    exercise: Exercise
    path: Path


class Screen(Protocol):
    """Shows things. Every method returns soon."""

    def grading(self, target: Target, names: tuple[str, ...]) -> None: ...
    def verdict(self, target: Target, verdict: Verdict, changes: list[str]) -> None: ...
    def failed(self, target: Target, error: GradewrightError) -> None: ...
    def gone(self, target: Target) -> None: ...
    def hint(self, target: Target, verdict: Verdict | None) -> None: ...
    def listing(self) -> None: ...
    def no_next(self) -> None: ...


class Running(Protocol):
    """A runner: `watch.runner.Runner`."""

    def submit(self, path: Path) -> None: ...
    def cancel(self) -> None: ...
    def close(self) -> None: ...


class Watching(Protocol):
    """A watcher: `watch.watcher.Watcher`."""

    @property
    def there(self) -> bool: ...
    def start(self) -> None: ...
    def close(self) -> None: ...


class Bench(Protocol):
    """Makes the moving parts for a target, and knows what comes after it."""

    def runner(self, target: Target, tell: Callable[[Ended], object]) -> Running: ...
    def watcher(self, target: Target, tell: Callable[[Change], object]) -> Watching: ...
    def following(self, target: Target) -> Target | None: ...


@dataclass(slots=True)
class _Round:
    """One exercise being watched. `again` holds the files saved since the running grade began, None when there are none."""

    number: int
    target: Target
    runner: Running
    watcher: Watching
    running: bool = False
    cancelled: bool = False
    restarts: int = 0
    again: tuple[str, ...] | None = None
    gone: bool = False
    last: Verdict | None = None
    judged: Verdict | None = None


@dataclass(slots=True)
class Loop:
    """Watches and grades `target` until it is stopped. `tell` may be called from any thread and any signal handler."""

    bench: Bench
    screen: Screen
    queue: SimpleQueue[Told] = field(default_factory=SimpleQueue)

    def tell(self, event: Event, number: int = -1) -> None:
        """Take an event in. `number` is the round it belongs to; -1 is whichever runs."""
        self.queue.put((number, event))

    def run(self, target: Target) -> int:
        """Return the exit code once it is stopped."""
        current: _Round | None = self._begin(target, 0)
        try:
            while True:
                assert current is not None
                event = self._next(current)
                if isinstance(event, Stop):
                    return event.code
                if isinstance(event, Key):
                    if event.name in QUIT_KEYS:
                        return EXIT_OK
                    if event.name == "n":
                        following = self._following(current)
                        if following is None:
                            continue
                        number = current.number + 1
                        self._end(current)
                        current = None
                        current = self._begin(following, number)
                        continue
                self._handle(current, event)
        finally:
            if current is not None:
                self._end(current)

    def _following(self, current: _Round) -> Target | None:
        try:
            following = self.bench.following(current.target)
        except GradewrightError as error:
            self.screen.failed(current.target, error)
            return None
        if following is None:
            self.screen.no_next()
        return following

    def _begin(self, target: Target, number: int) -> _Round:
        runner = self.bench.runner(target, lambda ended: self.tell(ended, number))
        try:
            watcher = self.bench.watcher(target, lambda change: self.tell(change, number))
        except BaseException:
            runner.close()
            raise
        current = _Round(number, target, runner, watcher)
        if watcher.there:
            self._grade(current, ())
        else:
            current.gone = True
            self.screen.gone(target)
        watcher.start()
        return current

    def _end(self, current: _Round) -> None:
        current.watcher.close()
        current.runner.close()

    def _next(self, current: _Round) -> Event:
        """Return the next event of this round; remind the runner meanwhile of a cancellation that it may have missed."""
        while True:
            with contextlib.suppress(Empty):
                waits = REPEAT_SECONDS if current.cancelled else None
                number, event = self.queue.get(timeout=waits)
                if number in (-1, current.number):
                    return event
                continue
            current.runner.cancel()

    def _handle(self, current: _Round, event: Event) -> None:
        if isinstance(event, Saved):
            current.gone = False
            self._saved(current, event.names)
        elif isinstance(event, Gone):
            current.gone = True
            current.again = None
            if current.running:
                self._cancel(current)
            self.screen.gone(current.target)
        elif isinstance(event, Ended):
            self._ended(current, event)
        elif isinstance(event, Key):
            self._key(current, event.name)

    def _key(self, current: _Round, name: str) -> None:
        if name == "r" and not current.gone:
            current.restarts = 0
            self._saved(current, ())
        elif name == "h":
            self.screen.hint(current.target, current.last)
        elif name == "l":
            self.screen.listing()

    def _saved(self, current: _Round, names: tuple[str, ...]) -> None:
        if not current.running:
            self._grade(current, names)
            return
        current.again = tuple(dict.fromkeys((*(current.again or ()), *names)))
        if current.restarts < MAX_RESTARTS and not current.cancelled:
            current.restarts += 1
            self._cancel(current)

    def _cancel(self, current: _Round) -> None:
        current.cancelled = True
        current.runner.cancel()

    def _grade(self, current: _Round, names: tuple[str, ...]) -> None:
        current.running = True
        self.screen.grading(current.target, names)
        current.runner.submit(current.target.path)

    def _ended(self, current: _Round, ended: Ended) -> None:
        current.running = False
        again, current.again = current.again, None
        stale, current.cancelled = current.cancelled, False
        if not stale and not current.gone:
            current.restarts = 0
            self._show(current, ended)
        if again is not None and not current.gone:
            self._grade(current, again)

    def _show(self, current: _Round, ended: Ended) -> None:
        if ended.verdict is not None:
            changes = describe(current.judged, ended.verdict)
            current.last = ended.verdict
            if judged(ended.verdict):
                current.judged = ended.verdict
            self.screen.verdict(current.target, ended.verdict, changes)
        elif isinstance(ended.error, GradewrightError):
            self.screen.failed(current.target, ended.error)
        elif isinstance(ended.error, OSError | ChildFailed):
            # A file that went while it was copied: the watcher tells what is there now.
            self.screen.failed(current.target, GradewrightError(f"It could not be graded: {ended.error}", hint="save again"))
        elif ended.error is not None:
            raise ended.error

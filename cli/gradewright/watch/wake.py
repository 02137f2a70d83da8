"""Two ways to learn that something may have changed: from the system, or by looking again and again."""

from __future__ import annotations

import contextlib
import os
import platform
import threading
from collections.abc import Generator, Mapping
from typing import Any, Protocol

#: How long a file must have been left alone before it counts as saved. An editor's truncate, write and rename come within
#: a millisecond of each other; every millisecond here is one between a save and its verdict.
QUIET_MS = 10
#: A stream of writes is not waited out for longer than this.
BURST_MS = 150
#: Looking at all files costs well under a millisecond; file systems that notify nobody are noticed by it.
LOOK_ANYWAY_MS = 500
POLL_SECONDS = 0.1


class Wake(Protocol):
    """Waits until something may have changed."""

    #: Whether a change of which nothing was heard means that this way does not work here.
    hears: bool

    def wait(self, folders: Mapping[str, object]) -> set[str]:
        """Return the paths that changed in `folders` (path → identity), or the empty set when it is time to look anyway."""

    def close(self) -> None: ...


class Poll:
    """Looks ten times a second."""

    hears = False

    def __init__(self, stop: threading.Event, seconds: float = POLL_SECONDS) -> None:
        self._stop = stop
        self._seconds = seconds

    def wait(self, folders: Mapping[str, object]) -> set[str]:  # noqa: ARG002 - it looks at everything
        self._stop.wait(self._seconds)
        return set()

    def close(self) -> None: ...


class Notify:
    """Asks the system. Each folder is watched by itself, so that an environment inside costs nothing."""

    hears = True

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._folders: dict[str, object] = {}
        self._changes: Generator[set[tuple[Any, str]], None, None] | None = None

    def wait(self, folders: Mapping[str, object]) -> set[str]:
        """See Wake. Raises OSError or RuntimeError when the system cannot watch these folders."""
        # A folder that was removed and made again has the same path, but nobody watches the new one.
        if self._changes is None or folders != self._folders:
            self.close()
            self._folders = dict(folders)
            self._changes = self._watch(list(folders))
        return {path for _kind, path in next(self._changes, ())}

    def _watch(self, folders: list[str]) -> Generator[set[tuple[Any, str]], None, None]:
        from watchfiles import watch

        return watch(
            *folders,
            watch_filter=None,
            debounce=BURST_MS,
            step=QUIET_MS,
            rust_timeout=LOOK_ANYWAY_MS,
            yield_on_timeout=True,
            stop_event=self._stop,
            raise_interrupt=False,
            force_polling=False,
            recursive=False,
        )

    def close(self) -> None:
        if self._changes is not None:
            self._changes.close()
            self._changes = None


def choose(stop: threading.Event, *, poll: bool) -> Wake:
    """Return the way that works here. WATCHFILES_FORCE_POLLING is honoured, as by other tools that watch with watchfiles."""
    wanted = os.environ.get("WATCHFILES_FORCE_POLLING", "").lower()
    if wanted in ("false", "disable", "disabled"):
        return Notify(stop)
    # Windows' file systems inside WSL notify nobody.
    wsl = "microsoft" in platform.uname().release.lower()
    return Poll(stop) if poll or wanted or wsl else Notify(stop)


@contextlib.contextmanager
def closing(wake: Wake) -> Generator[Wake, None, None]:
    try:
        yield wake
    finally:
        wake.close()

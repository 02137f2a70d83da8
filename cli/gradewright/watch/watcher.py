"""Notices that a submission was saved, went away or came back, whatever the editor and the file system."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gradewright.watch.tree import Snapshot, snapshot, wanted
from gradewright.watch.wake import BURST_MS, QUIET_MS, Poll, Wake, choose, closing

#: An editor may remove a file before it writes it anew; only what stays away is gone.
GONE_SECONDS = 0.15
#: After so many changes in a row that the system kept to itself, it is not asked any more.
MISSES = 2


@dataclass(frozen=True, slots=True)
class Saved:
    """The submission was written. `names` are the files, as paths inside it; `back` says that it was gone before."""

    names: tuple[str, ...]
    back: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """The submission's folder or file is not there any more."""


Change = Saved | Gone


class Watcher:
    """Watches one submission in a thread of its own and calls `tell` for each change. `close` ends it.

    What is there when it is made is the state to compare with.
    """

    def __init__(self, path: Path, tell: Callable[[Change], object], *, poll: bool = False, wake: Wake | None = None) -> None:
        self._path = path
        self._tell = tell
        self._stop = threading.Event()
        self._wake = wake or choose(self._stop, poll=poll)
        self._before: Snapshot | None = snapshot(path)
        self._misses = 0
        self._thread = threading.Thread(target=self._run, name="watch-files", daemon=True)

    @property
    def there(self) -> bool:
        return self._before is not None

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(2.0)

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self.step()
        finally:
            self._wake.close()

    def step(self) -> None:
        """Wait for one reason to look, look, and tell what changed."""
        before = self._before
        if before is None:
            self._await_return()
            return
        heard: set[str] = set()
        try:
            heard = self._wake.wait(before.folders)
        except (OSError, RuntimeError):
            # Too many watches on this machine, no inotify, or the folder went just now: looking finds out.
            self._look_instead()
        if self._stop.is_set():
            return
        now = self._settled(before)
        if now is None:
            self._before = None
            self._tell(Gone())
            return
        names = now.changed_since(before, wanted(self._path, heard))
        self._before = now
        if names:
            self._count(heard)
            self._tell(Saved(tuple(names)))

    def _settled(self, before: Snapshot) -> Snapshot | None:
        """Return what is there now, once two looks agree where nobody says that a burst is over.

        A file that is suddenly empty is most often about to be written: on a busy machine an editor may be held up there.
        """
        now = snapshot(self._path)
        if now is None and not self._stop.wait(GONE_SECONDS):
            now = snapshot(self._path)
        looks = BURST_MS // QUIET_MS
        while now is not None and now != before and looks > 0:
            emptied = now.emptied_since(before)
            if self._wake.hears and not emptied:
                break
            looks -= 1
            self._stop.wait(QUIET_MS / 1000)
            again = snapshot(self._path)
            if again == now and not emptied:
                break
            now = again
        return now

    def _count(self, heard: set[str]) -> None:
        self._misses = 0 if heard or not self._wake.hears else self._misses + 1
        if self._misses >= MISSES:
            # Network and shared file systems often notify nobody.
            self._look_instead()

    def _look_instead(self) -> None:
        self._wake.close()
        self._wake = Poll(self._stop)

    def _await_return(self) -> None:
        with closing(Poll(self._stop)) as poll:
            poll.wait({})
        now = snapshot(self._path)
        if now is not None and now.files and not self._stop.is_set():
            self._before = now
            self._tell(Saved((), back=True))

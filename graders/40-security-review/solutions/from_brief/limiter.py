"""Counts failed logins. A sliding window for each username, in memory: there is one worker."""

import threading
import time
from collections import deque

MOST = 5


class FailureLimiter:
    def __init__(self, window: float) -> None:
        self._window = window
        self._failures: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def is_blocked(self, name: str) -> bool:
        with self._lock:
            return len(self._recent(name)) >= MOST

    def note_failure(self, name: str) -> None:
        with self._lock:
            self._forget_the_old()
            self._failures.setdefault(name, deque(maxlen=MOST)).append(time.monotonic())

    def _recent(self, name: str) -> deque[float]:
        times = self._failures.get(name, deque())
        while times and times[0] <= time.monotonic() - self._window:
            times.popleft()
        return times

    def _forget_the_old(self) -> None:
        """Somebody who tries a million names must not fill the memory."""
        if len(self._failures) > 10_000:
            for name in list(self._failures):
                if not self._recent(name):
                    del self._failures[name]

import time
from threading import Lock

from fastapi import HTTPException

from shop.settings import settings

MOST = 5


class Limiter:
    """Counts failures by name, in windows that begin with the first of them."""

    def __init__(self, seconds: int):
        self.seconds = seconds
        self._windows: dict[str, tuple[float, int]] = {}
        self._lock = Lock()

    def _current(self, name: str) -> tuple[float, int]:
        """Return when the window of this name ends, and how many failures are in it."""
        now = time.time()
        window = self._windows.get(name)
        if window is None or window[0] <= now:
            return now + self.seconds, 0
        return window

    def check(self, name: str) -> None:
        _ends, count = self._current(name)
        if count >= MOST:
            raise HTTPException(429, "too many failed logins, come back later")

    def failed(self, name: str) -> None:
        with self._lock:
            ends, count = self._current(name)
            self._windows[name] = (ends, count + 1)


limiter = Limiter(settings.login_window)

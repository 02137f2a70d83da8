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

    def _count(self, name: str) -> tuple[float, int]:
        begin, count = self._windows.get(name, (0.0, 0))
        now = time.time()
        return (begin, count) if now < begin + self.seconds else (now, 0)

    def check(self, name: str) -> None:
        with self._lock:
            begin, count = self._count(name)
        if count >= MOST:
            wait = max(1, round(begin + self.seconds - time.time()))
            raise HTTPException(429, "too many failed logins, come back later", headers={"Retry-After": str(wait)})

    def failed(self, name: str) -> None:
        with self._lock:
            begin, count = self._count(name)
            self._windows[name] = (begin, count + 1)


limiter = Limiter(settings.login_window)

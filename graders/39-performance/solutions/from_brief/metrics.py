"""How long requests take, measured outside everything else."""

import math
import time
from collections import deque


class Latencies:
    def __init__(self, kept: int = 1000) -> None:
        self.count = 0
        self._latest: deque[float] = deque(maxlen=kept)

    def add(self, milliseconds: float) -> None:
        self.count += 1
        self._latest.append(milliseconds)

    def percentile(self, share: float) -> float:
        """Return the nearest rank, or 0 when there is nothing."""
        ordered = sorted(self._latest)
        return ordered[max(math.ceil(share * len(ordered)), 1) - 1] if ordered else 0.0


class MeasureLatency:
    """ASGI middleware. Counts a request just before the last of its answer is handed over."""

    def __init__(self, app, latencies: Latencies) -> None:
        self.app = app
        self.latencies = latencies

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http" or scope["path"] == "/metrics":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        counted = False

        def count() -> None:
            nonlocal counted
            if not counted:
                counted = True
                self.latencies.add((time.perf_counter() - started) * 1000)

        async def counting_send(message) -> None:
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                count()
            await send(message)

        try:
            await self.app(scope, receive, counting_send)
        finally:
            count()

"""A pool of database connections and a cache. Do not edit it: while grading, a module with the same API replaces it.

To see failures, write words such as `cache.open`, `pool.ping`, `cache.close` or `hang.cache.ping` into a file faults.txt.
"""

import asyncio
import uuid
from pathlib import Path

FAULTS = Path(__file__).with_name("faults.txt")


class Down(Exception):
    """The other side does not answer, or refuses."""


class _Resource:
    _kind = ""

    def __init__(self):
        self.id = f"{self._kind}-{uuid.uuid4().hex[:8]}"

    async def _do(self, what):
        print(f"resources: {what} {self.id}")
        faults = FAULTS.read_text().split() if FAULTS.exists() else []
        if f"hang.{self._kind}.{what}" in faults:
            await asyncio.sleep(3600)
        await asyncio.sleep(0.01)
        if f"{self._kind}.{what}" in faults:
            raise Down(f"{self._kind} is down")

    async def open(self):
        """Connect. Raises Down."""
        await self._do("open")

    async def close(self):
        """Disconnect. Raises Down."""
        await self._do("close")

    async def ping(self):
        """Return when the other side has answered. Raises Down."""
        await self._do("ping")


class Pool(_Resource):
    """Connections to the database."""

    _kind = "pool"


class Cache(_Resource):
    """A connection to the cache."""

    _kind = "cache"

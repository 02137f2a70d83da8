"""What everybody may share, for two seconds."""

import asyncio
import time
from collections.abc import Awaitable, Callable

LIFETIME = 2.0


class Shared:
    """The result of a call: kept for a while, and called for once, however many want it."""

    def __init__(self, call: Callable[[], Awaitable[bytes]]) -> None:
        self._call = call
        self._value = b""
        self._good_until = 0.0
        self._under_way: asyncio.Task[bytes] | None = None

    async def get(self) -> bytes:
        if time.monotonic() < self._good_until:
            return self._value
        if self._under_way is None:
            self._under_way = asyncio.create_task(self._refresh())
        # A client who leaves must not take the call away from the others.
        return await asyncio.shield(self._under_way)

    async def _refresh(self) -> bytes:
        try:
            self._value = await self._call()
            self._good_until = time.monotonic() + LIFETIME
            return self._value
        finally:
            self._under_way = None

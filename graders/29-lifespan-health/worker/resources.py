"""The twin of resources.py: the grader knows what is open, and decides what fails, hangs or takes long."""

import contextlib
import uuid

from gradewright.worker.twins import acall, call


class Down(Exception):
    """The other side does not answer, or refuses."""


class _Unserved(Exception):
    """No test is looking: the app is only starting. Then all is well."""


_ERRORS = {"Down": Down, "Unserved": _Unserved}


class _Resource:
    _kind = ""

    def __init__(self):
        try:
            self.id = call("resources.new", self._kind, errors=_ERRORS)
        except _Unserved:
            self.id = uuid.uuid4().hex

    async def _do(self, what):
        with contextlib.suppress(_Unserved):
            await acall(f"resources.{what}", self._kind, self.id, errors=_ERRORS)

    async def open(self):
        """Connect. Raises Down."""
        await self._do("open")

    async def close(self):
        """Disconnect. Raises Down."""
        await self._do("close")
        # Only who awaits the call to its end gets here.
        await self._do("closed")

    async def ping(self):
        """Return when the other side has answered. Raises Down."""
        await self._do("ping")


class Pool(_Resource):
    """Connections to the database."""

    _kind = "pool"


class Cache(_Resource):
    """A connection to the cache."""

    _kind = "cache"

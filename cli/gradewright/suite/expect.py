"""Assertion helpers with a message: what was expected, what came, and which exchange shows it.

A failed check names no line of the suite. `because` is a sentence a learner reads; write it as a full sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import httpx

from gradewright.client.exchange import Exchange
from gradewright.client.failures import RequestFailed
from gradewright.suite.compare import NotJson, read_json, same, show, show_reply, told


class CheckFailed(AssertionError):
    """A check that did not hold. `expected` and `got` are texts for people; None where a value says nothing."""

    def __init__(self, message: str, expected: str | None = None, got: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.expected = expected
        self.got = got
        self.exchange: Exchange | None = None


#: What a check is about: a reply, a request that got none, or neither.
Shown = httpx.Response | RequestFailed | None


def exchange_of(reply: Shown) -> Exchange | None:
    """Return the exchange of a reply, or of a request that got none."""
    if isinstance(reply, RequestFailed):
        return reply.exchange
    return None if reply is None else reply.extensions["exchange"]


class Expect:
    """The `expect` fixture. Each method is one check; it raises CheckFailed, or marks the exchange as held."""

    def __init__(self, count: Callable[[], None]) -> None:
        self._count = count

    def status(self, reply: httpx.Response, status: int | Iterable[int], because: str) -> None:
        """The reply has this status, or one of these."""
        wanted = (status,) if isinstance(status, int) else tuple(status)
        if reply.status_code in wanted:
            self._hold(reply)
            return
        expected = "status " + " or ".join(str(number) for number in wanted)
        self._fail(reply, because, expected, f"status {reply.status_code}")

    def json(self, reply: httpx.Response, body: Any, because: str, *, status: int = 200) -> None:
        """The reply has this status and exactly this JSON body."""
        if reply.status_code != status:
            self._fail(
                reply,
                because,
                f"status {status}, {show(body)}",
                f"status {reply.status_code}, {show_reply(reply)}",
            )
        got = self._read(reply, because, show(body))
        if not same(body, got):
            self._fail(reply, because, show(body), show(got))
        self._hold(reply)

    def keys(self, reply: httpx.Response, values: Mapping[str, Any], because: str, *, status: int = 200) -> Any:
        """The reply has this status and a JSON object with at least these values; return the object."""
        if reply.status_code != status:
            self._fail(reply, because, f"status {status}", f"status {reply.status_code}, {show_reply(reply)}")
        got = self._read(reply, because, show(dict(values)))
        if not isinstance(got, dict):
            self._fail(reply, because, "a JSON object", show(got))
        for key, value in values.items():
            if key not in got or not same(value, got[key]):
                part = {key: got[key]} if key in got else got
                self._fail(reply, because, show({key: value}), show(part))
        self._hold(reply)
        return got

    def error_at(self, reply: httpx.Response, *location: str | int, because: str, status: int = 422) -> None:
        """The reply is FastAPI's validation error and names this location, e.g. ("query", "limit")."""
        place = ".".join(str(part) for part in location)
        if reply.status_code != status:
            self._fail(
                reply,
                because,
                f"status {status} with an error at {place}",
                f"status {reply.status_code}, {show_reply(reply)}",
            )
        got = self._read(reply, because, f"an error at {place}")
        detail = got.get("detail") if isinstance(got, dict) else None
        places = [item.get("loc") for item in detail if isinstance(item, dict)] if isinstance(detail, list) else []
        if list(location) not in places:
            shown = [".".join(str(part) for part in loc) for loc in places if isinstance(loc, list)]
            self._fail(
                reply,
                because,
                f"an error at {place}",
                f"errors at {', '.join(shown)}" if shown else show(got),
            )
        self._hold(reply)

    def equal(self, expected: Any, got: Any, because: str, *, reply: Shown = None) -> None:
        """Two values are the same JSON value."""
        if same(expected, got):
            self._hold(reply)
            return
        self._fail(reply, because, show(expected), show(got))

    def that(
        self,
        holds: object,
        because: str,
        *,
        expected: str | None = None,
        got: Any = None,
        reply: Shown = None,
    ) -> None:
        """Something is true. `got` is shown as JSON unless it is text."""
        if holds:
            self._hold(reply)
            return
        shown = got if got is None or isinstance(got, str) else show(got)
        self._fail(reply, because, expected, shown)

    def read(self, reply: httpx.Response, because: str) -> Any:
        """Return the reply's JSON body; a body that is not JSON fails with this sentence."""
        return self._read(reply, because, "a JSON body")

    def _read(self, reply: httpx.Response, because: str, expected: str) -> Any:
        try:
            return read_json(reply)
        except NotJson as reason:
            self._fail(reply, because, expected, f"{show_reply(reply)} ({reason})")

    def _hold(self, reply: Shown) -> None:
        self._count()
        if (exchange := exchange_of(reply)) is not None:
            exchange.held = exchange.held is not False

    def _fail(self, reply: Shown, because: str, expected: str | None, got: str | None) -> Any:
        self._count()
        expected, got = told(expected), told(got)
        failure = CheckFailed(because, expected, got)
        if (exchange := exchange_of(reply)) is not None:
            exchange.held, exchange.message, exchange.expected, exchange.got = False, because, expected, got
            failure.exchange = exchange
        raise failure

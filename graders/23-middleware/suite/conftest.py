"""What the tests of 23-middleware share: the routes as the grader serves them, the lines of the log, rendezvous."""

import json
import math
import re
import string
import time

import pytest

from gradewright.suite import NotInFlight, TimedOut, TwinRaise

BUILTIN = ("RuntimeError", "KeyError", "ValueError", "OSError", "LookupError", "TypeError")
KEYS = ("request_id", "method", "path", "status", "duration_ms")
#: What breaks a line of JSON that is put together by hand.
ODDITIES = ('"yes"', '{"a": 1}', "a\nb", "100 %s", "\\n", "C:\\temp", '"', '",\n"')
#: Letters, digits and hyphens: what an id may have.
ALPHABET = string.ascii_letters + string.digits + "-"


class Routes:
    """The grader's side of routes.py: what each route says next, and how often it was asked."""

    def __init__(self, app, nonce):
        self.nonce = nonce
        self.lines = [f"{nonce(20)}\n", f"{nonce(20)}\n"]
        self.surprise = TwinRaise("Unexpected", nonce.choice(BUILTIN), nonce(16).capitalize(), nonce(16))
        self.ok = app.serve("routes.ok", lambda _call: None)
        self.log = app.serve("routes.log", lambda _call: self._text())
        self.first = app.serve("routes.first", lambda _call: self.lines[0])
        self.last = app.serve("routes.last", lambda _call: self.lines[1])
        self.boom = app.serve("routes.boom", self._raise)

    def _text(self):
        """Return a text that would break a line put together by hand."""
        token, other = self.nonce.tokens(2)
        return f"{token}{self.nonce.choice((' says ', ': ', ' = '))}{self.nonce.choice(ODDITIES)} {other}"

    def _raise(self, _call):
        raise self.surprise

    def request_id(self):
        """Return an id that is to be kept."""
        return "".join(self.nonce.choices(ALPHABET, k=self.nonce.randint(20, 64)))


class Log:
    """What the app has printed since this was made."""

    def __init__(self, app):
        self._app = app
        self._before = len(app.log())

    def text(self):
        return self._app.log()[self._before :]

    def objects(self):
        """Return the JSON objects that stand on lines of their own."""
        found = []
        for line in self.text().split("\n"):
            try:
                value = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(value, dict):
                found.append(value)
        return found

    def of(self, request_id):
        """Return the JSON objects that have this id."""
        return [line for line in self.objects() if line.get("request_id") == request_id]

    def wait(self, enough, seconds=1.2):
        """Return what `enough` returns, once that is true or the time is over: a thread may write the log."""
        deadline = time.monotonic() + seconds
        while not (found := enough()) and time.monotonic() < deadline:
            time.sleep(0.02)
        return found

    def accesses(self, request_id):
        """Return the lines of this request: a line without a status is not meant as one."""
        return [line for line in self.of(request_id) if line.get("status") is not None and set(KEYS) <= line.keys()]


@pytest.fixture
def routes(app, nonce):
    return Routes(app, nonce)


@pytest.fixture
def log(app):
    return Log(app)


def is_number(value):
    """Tell whether a value is a finite number, 0 or more."""
    return type(value) in (int, float) and math.isfinite(value) and value >= 0


def told(reply, name):
    """Return a header as people write it."""
    return f"{name}: {reply.headers[name]}" if name in reply.headers else f"no header {name}"


@pytest.fixture
def seconds(expect):
    """Return what X-Process-Time says; it has to be a number."""

    def read(reply, asked):
        try:
            value = float(reply.headers.get("X-Process-Time", ""))
        except ValueError:
            value = None
        expect.that(
            is_number(value),
            f"The response of {asked} should have the header X-Process-Time, with a number of seconds.",
            expected="X-Process-Time: <seconds>",
            got=told(reply, "X-Process-Time"),
            reply=reply,
        )
        return value

    return read


@pytest.fixture
def has_id(expect):
    """Return the X-Request-ID of a response; that it is the right one is another check's matter."""

    def read(reply, asked):
        request_id = reply.headers.get("X-Request-ID", "")
        expect.that(
            re.fullmatch("[A-Za-z0-9-]{1,64}", request_id),
            f"The response of {asked} should have the header X-Request-ID, with one id.",
            expected="X-Request-ID: <id>",
            got=told(reply, "X-Request-ID"),
            reply=reply,
        )
        return request_id

    return read


@pytest.fixture
def no_sniffing(expect):
    """The response forbids browsers to guess its type."""

    def check(reply, asked):
        expect.that(
            reply.headers.get("X-Content-Type-Options", "").lower() == "nosniff",
            f"The response of {asked} should have the header X-Content-Type-Options: nosniff.",
            expected="X-Content-Type-Options: nosniff",
            got=told(reply, "X-Content-Type-Options"),
            reply=reply,
        )

    return check


@pytest.fixture
def logged(log, expect):
    """Check the one line that a request has to leave in the log; return it."""

    def check(reply, request_id, method, path, status):
        log.wait(lambda: log.accesses(request_id))
        found = log.accesses(request_id)
        wanted = {"request_id": request_id, "method": method, "path": path, "status": status}
        because = f"{method} {path} should leave exactly one JSON line with {', '.join(KEYS)} in the log."
        expect.that(
            len(found) == 1,
            because,
            expected=f"one line {json.dumps(wanted)[:-1]}, …}}",
            got=found or log.of(request_id) or log.text()[-300:].strip() or "nothing in the log",
            reply=reply,
        )
        (line,) = found
        same = all(line[key] == value and type(line[key]) is type(value) for key, value in wanted.items())
        expect.that(
            same and is_number(line["duration_ms"]),
            f"The line of {method} {path} in the log should say what was asked for, how it ended and how long it took.",
            expected=f'{json.dumps(wanted)[:-1]}, "duration_ms": <a number>}}',
            got=line,
            reply=reply,
        )
        return line

    return check


@pytest.fixture
def noted(log, expect):
    """What GET /log noted stands in the log once, as JSON, with the id of its request."""

    def check(reply, text, request_id):
        message = f"noted: {text}"
        token = str(text)[:10]
        log.wait(lambda: [line for line in log.objects() if line.get("message") == message])
        raw = [line for line in log.text().split("\n") if token in line]
        found = [line for line in log.objects() if line.get("message") == message]
        expect.that(
            len(raw) == len(found) == 1 and "request_id" in found[0],
            "What a handler logs on the logger app should be in the log once, as one line of JSON with request_id and message.",
            expected=f"one JSON line with the message {json.dumps(message)}",
            got="\n".join(raw) or log.of(request_id) or "nothing in the log with this text or this id",
            reply=reply,
        )
        expect.equal(
            request_id,
            found[0]["request_id"],
            "While 30 requests are served at the same time, a line that a handler logs should have the id of its own request.",
            reply=reply,
        )

    return check


@pytest.fixture
def gather():
    """Wait until `count` calls of a twin are held at the same time, or no more come; return how many there are."""

    def wait(twin, count):
        seen = 0
        while True:
            try:
                return len(twin.wait_in_flight(count, seconds=0.8))
            except NotInFlight as missing:
                if missing.seen <= seen:
                    return missing.seen
                seen = missing.seen

    return wait


@pytest.fixture
def answers(client, expect):
    """GET /ok answers although other requests are held."""

    def check(because):
        try:
            reply = client.get("/ok", extensions={"limit": 3})
        except TimedOut as late:
            too_late(late, expect, because, '{"ok":true,"n":0}')
        expect.json(reply, {"ok": True, "n": 0}, because)

    return check


def too_late(late, expect, because, expected):
    """Fail with this sentence, and show the request whose reply never came."""
    expect.that(False, because, expected=expected, got=str(late), reply=late)


@pytest.fixture
def streams(client, routes, expect):
    """Read GET /stream while its last line is held: run `meanwhile` once the first is there, then let the last one go."""

    def check(because, meanwhile):
        with routes.last.hold():
            try:
                with client.stream("GET", "/stream", extensions={"settle": False, "limit": 3}) as reply:
                    chunks = reply.iter_text()
                    expect.equal(routes.lines[0], next(chunks, ""), because, reply=reply)
                    meanwhile()
                    routes.last.release()
                    rest = "".join(chunks)
            except TimedOut as late:
                too_late(late, expect, because, routes.lines[0].strip())
        expect.equal(routes.lines[1], rest, "The last line of GET /stream should arrive as well.", reply=reply)

    return check

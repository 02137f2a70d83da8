"""The grader's side of source.py, a reader of streams, and the steps that the tests of 27-streaming share."""

import dataclasses
import json
import threading

import pytest

from gradewright.suite import RequestFailed, TimedOut

#: Seconds that a held request may last: longer than anything here waits.
LONG = {"settle": False, "limit": 25}
#: Seconds that something which should happen at once may take on a busy machine.
PATIENCE = 3.0
#: Seconds within which a trivial route answers while an export is held.
PING = {"extensions": {"limit": 2.5}}
#: Lines that the app gets with one call of the twin.
STEP = 25
#: What stands before the line feed of a line, and belongs to it.
BLANKS = ("", " ", "\t ")


class Source:
    """Makes the rows and the ticks, up to where the test allows; who asks for more waits. Twins answer on another thread."""

    def __init__(self, app, nonce):
        self._changed = threading.Condition()
        self._words = nonce.tokens(97)
        self._gaps = [nonce.randint(1, 9) for _gap in range(97)]
        self._allowed = {"rows": 0, "ticks": 0}
        self._over = False
        self.empty = -1
        self._parked = {"rows": [], "ticks": []}
        self.runs = {"rows": [], "ticks": []}
        self.closed = []
        for kind in ("rows", "ticks"):
            app.serve(f"source.{kind}", getattr(self, f"_{kind}"))
        app.serve("source.closed", self._closed)

    def line(self, number):
        return f'{number + 1},"Zoë, {self._words[number % 97]}" ,{number % 7}{BLANKS[number % 3]}\n'

    def text(self, count):
        return "".join(self.line(number) for number in range(count))

    def tick(self, after, index):
        """Return a tick; the first one has the next id, later ones leave some out. That of index `empty` says nothing."""
        number = after + 1 + sum(self._gaps[:index])
        if index == self.empty:
            return [number, {}]
        word = self._words[index % 97]
        note = f"{word}\nzwölf\n\n: no comment \u2028{{}}"
        return [number, {"tick": number, "mark": self.mark(index), "note": note, "more": [None, True, {word: -0.5}]}]

    def mark(self, index):
        """Return the text by which a tick is known on the wire, however it is written there."""
        return f"{self._words[index % 97]}{index}z"

    def _answer(self, kind, call):
        _run, given, index = call.args
        if kind == "ticks":
            return self.tick(given, index)
        return [self.line(number) for number in range(index, min(given, self._allowed["rows"], index + STEP))]

    def _ask(self, kind, call):
        run, given, index = call.args
        with self._changed:
            if index == 0:
                self.runs[kind].append((run, given))
            # A run that another test began is over.
            ends = self._over or run not in [own for own, _given in self.runs[kind]] or (kind == "rows" and index >= given)
            waits = index >= self._allowed[kind] and not ends
            if waits:
                # Answered later, when the test allows more.
                self._parked[kind].append(dataclasses.replace(call))
                call.answered = True
            self._changed.notify_all()
        if ends:
            return []
        return None if waits else self._answer(kind, call)

    def _rows(self, call):
        return self._ask("rows", call)

    def _ticks(self, call):
        return self._ask("ticks", call)

    def _closed(self, call):
        with self._changed:
            self.closed += call.args
            self._changed.notify_all()

    def allow(self, kind, count, *, run=None):
        """Give so many rows, or ticks, to each run; with `run`, one more tick to this one."""
        with self._changed:
            if run is None:
                self._allowed[kind] = count
            go = [call for call in self._parked[kind] if call.args[2] < count and run in (None, call.args[0])]
            self._parked[kind] = [call for call in self._parked[kind] if call not in go]
        for call in go:
            call.answer(self._answer(kind, call))

    def finish(self):
        """End every run."""
        with self._changed:
            self._over = True
            go = [call for parked in self._parked.values() for call in parked]
        for call in go:
            call.answer([])

    def wait(self, holds, seconds=PATIENCE):
        """Return what holds() returns, soon."""
        with self._changed:
            return self._changed.wait_for(holds, timeout=seconds)

    def stands_at(self, kind, index):
        """Return whether somebody waits for the row, or tick, of this index."""
        return any(call.args[2] == index for call in self._parked[kind])

    def poke(self):
        """Something else has changed that a wait may look at."""
        with self._changed:
            self._changed.notify_all()


class Reader(threading.Thread):
    """A request whose reply is read in a thread as it arrives. At the text `leave_at` it waits for `go`, and leaves."""

    def __init__(self, client, source, path, *, leave_at=None, **options):
        super().__init__(daemon=True)
        self._request = (client, path, options)
        self._source = source
        self._leave_at = leave_at.encode() if leave_at else None
        self._leaving = threading.Event()
        self.body = b""
        self.reply = None
        self.failure = None
        self.over = False

    def run(self):
        client, path, options = self._request
        try:
            with client.stream("GET", path, extensions=LONG, **options) as self.reply:
                self._source.poke()
                for chunk in self.reply.iter_raw():
                    self.body += chunk
                    self._source.poke()
                    if self._leave_at and self._leave_at in self.body:
                        self._leaving.wait(15)
                        return
        except RequestFailed as failure:
            self.failure = failure
        finally:
            self.over = True
            self._source.poke()

    def go(self):
        """Leave, if this is where the reader stands."""
        self._leaving.set()
        self.join(0.5)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_error):
        self.go()
        if not self.over:
            self._source.finish()
            self.join(1)
        if not self.over:
            # What never ends must not go on in the next test.
            self._request[0].app.stop()
            self.join(2)

    def text(self):
        return self.body.decode("utf-8", "replace")

    def events(self):
        return parse(self.text())

    def shown(self):
        """The exchange, for a check that has no finished reply."""
        return self.reply or self.failure


def parse(text):
    """Return the events that a browser would dispatch: what has not ended with a blank line is none."""
    events, data, kind, last_id = [], [], "", ""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for line in lines[:-1]:
        name, _colon, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                events.append({"id": last_id, "event": kind or "message", "data": "\n".join(data)})
            data, kind = [], ""
        elif name == "data":
            data.append(value)
        elif name == "event":
            kind = value
        elif name == "id" and "\0" not in value:
            last_id = value
    return events


class Desk:
    """What the tests have in common."""

    def __init__(self, app, client, expect, source):
        self.app, self.client, self.expect, self.source = app, client, expect, source

    def export(self, count, **options):
        return Reader(self.client, self.source, "/export", params={"rows": count}, **options)

    def events(self, after=None, **options):
        headers = {} if after is None else {"Last-Event-ID": str(after)}
        return Reader(self.client, self.source, "/events", headers=headers, **options)

    def ok(self, reader):
        """The reply, if there is one, is a 200."""
        title = "GET /export" if reader.reply is None else f"GET {reader.reply.request.url.path}"
        if reader.reply is not None:
            self.expect.status(reader.reply, 200, f"{title} should be 200.")

    def wait_ended(self, reader, because, seconds=PATIENCE):
        self.source.wait(lambda: reader.over, seconds)
        got = str(reader.failure) if reader.failure else "a reply that did not end"
        ended = reader.over and not reader.failure
        self.expect.that(ended, because, expected="a reply that ends", got=got, reply=reader.shown())
        self.ok(reader)

    def wait_at(self, kind, index, reader, because):
        """Somebody waits for the row, or tick, of this index."""
        self.source.wait(lambda: self.source.stands_at(kind, index) or reader.over)
        if self.source.stands_at(kind, index):
            return
        self.ok(reader)
        expected = f"the app asks source.{kind} for number {index + 1}"
        self.expect.that(False, because, expected=expected, got="it does not", reply=reader.shown())

    def wait_mark(self, reader, index, because):
        """This tick has arrived, written in whatever way."""
        mark = self.source.mark(index).encode()
        self.source.wait(lambda: mark in reader.body or reader.over)
        if mark not in reader.body:
            self.ok(reader)
        got = f"{len(reader.body)} bytes without it{', and the end' if reader.over else ''}"
        self.expect.that(mark in reader.body, because, expected=f"the tick with {mark.decode()}", got=got, reply=reader.shown())

    def check_ping(self, because):
        try:
            reply = self.client.get("/ping", **PING)
        except TimedOut as late:
            self.expect.that(False, because, expected='{"pong":true}', got=str(late), reply=late)
        self.expect.json(reply, {"pong": True}, because)

    def check_event(self, reader, index, after):
        """The event of this index has arrived, complete and right."""
        number, payload = self.source.tick(after, index)
        self.source.wait(lambda: len(reader.events()) > index or reader.over)
        self.ok(reader)
        events = reader.events()
        wanted = {"id": str(number), "event": "tick", "data": payload}
        got = dict(events[index]) if index < len(events) else None
        if got is None:
            shown = reader.text()[-300:]
            because = (
                "Each tick, also one whose payload is {}, should be an event of its own, sent with its blank line before the "
                "next tick comes."
            )
            told = f"{len(events)} events in {shown!r}"
            self.expect.that(False, because, expected=f"{index + 1} events", got=told, reply=reader.shown())
        try:
            got["data"] = json.loads(got["data"])
        except ValueError:
            because = "The data of an event should be the payload as JSON."
            shown = json.dumps(payload, ensure_ascii=False)
            self.expect.that(False, because, expected=f"data: {shown}", got=f"data: {got['data']}", reply=reader.shown())
        because = "An event should have the tick's id as id, tick as event and the payload as JSON in data."
        self.expect.equal(wanted, got, because, reply=reader.shown())

    def check_kind(self, reply, wanted, because):
        kind = reply.headers.get("Content-Type", "")
        held = kind.partition(";")[0].strip().lower() == wanted
        self.expect.that(held, because, expected=f"Content-Type: {wanted}", got=f"Content-Type: {kind}", reply=reply)


@pytest.fixture
def source(app, nonce):
    source = Source(app, nonce)
    yield source
    source.finish()


@pytest.fixture
def desk(app, client, expect, source):
    return Desk(app, client, expect, source)

"""The grader's side of resources.py: what is open, what fails and what hangs, and the steps that the tests share."""

import dataclasses
import json
import threading
import time

import pytest

from gradewright.suite import StartFailed, TimedOut, TwinRaise

#: Seconds within which a healthy answer is taken at its word; one that came later is asked for again.
CALM = 0.25
#: Seconds that a request may take here before it is given up.
LIMIT = {"extensions": {"limit": 2.2}}
NAMES = {"pool": "db", "cache": "cache"}


class World:
    """The pool and the cache. All that is random is drawn here: twins answer on another thread than the test.

    `failing` and `hanging` hold words such as "cache.open"; `delay` is how long open, close and a healthy ping take.
    """

    def __init__(self, app, client, expect, nonce):
        self.app, self.client, self.expect = app, client, expect
        self._ids = nonce.tokens(300, 16)
        self.events = []
        self.warned = []
        self.failing, self.hanging, self.delay = set(), set(), 0.0
        app.serve("resources.new", self._new)
        app.serve("resources.phase", self._phase)
        app.serve("resources.closed", lambda call: self._note("closed", call))
        for what in ("open", "close"):
            app.serve(f"resources.{what}", self._do)
        self.pings = app.serve("resources.ping", self._do)

    def _new(self, call):
        number = self._ids.pop()
        self.events.append(("new", call.args[0], number))
        return number

    def _phase(self, call):
        if call.args[0] == "imported":
            self.warned = [str(text) for text in call.args[1]]
        self.events.append((call.args[0], "", ""))

    def _note(self, what, call):
        kind, number = call.args
        self.events.append((what, kind, number))

    def _do(self, call):
        what, kind = call.name.rpartition(".")[2], call.args[0]
        self._note(what, call)
        if f"{kind}.{what}" in self.hanging:
            # Never answered: the process that waits for it is killed in the end.
            call.answered = True
        elif f"{kind}.{what}" in self.failing:
            raise TwinRaise("Down", f"the {kind} is down")
        elif self.delay:
            later = dataclasses.replace(call)
            call.answered = True
            threading.Timer(self.delay, self._done, (what, later)).start()
        else:
            self._done(what, call)

    def _done(self, what, call):
        if what == "open":
            self._note("opened", call)
        call.answer()

    # The app

    def start(self, **options):
        """Start the app anew, with nothing on record."""
        self.app.stop()
        self.events.clear()
        self.app.restart(**options)

    def start_fails(self, because):
        """Start the app, which must not get to serve; return how its process ended."""
        try:
            self.start()
        except StartFailed as failure:
            kind = str(failure.facts.get("kind"))
            ended = kind in ("startup_failed", "ended_at_start")
            self.expect.that(ended, because, expected="a process that ends", got=kind.replace("_", " "))
            return self.app.wait_exit()
        self.expect.that(False, because, expected="a process that ends", got="an app that serves")
        return None

    # What happened

    def seen(self, *kinds_of_event, since=0):
        return [event for event in list(self.events)[since:] if event[0] in kinds_of_event]

    def steps(self, *kinds_of_event, since=0):
        """Return what happened as words, such as "pool.open"."""
        return [f"{kind}.{what}" for what, kind, _number in self.seen(*kinds_of_event, since=since)]

    @staticmethod
    def told(steps):
        """Steps as people read them."""
        words = {"new": "{0} made", "open": "{0}.open()", "opened": "{0} is open", "close": "{0}.close()"}
        words |= {"closed": "{0} is closed", "ping": "{0}.ping()"}
        shown = []
        for step in steps:
            kind, _dot, what = step.partition(".")
            shown.append(words[what].format({"new": kind.title()}.get(what, kind)))
        return ", ".join(shown[:12]) + (", …" if len(shown) > 12 else "") or "nothing"

    def pinged(self):
        """Return how often each of the two was pinged, calls that are held included."""
        called = [call.args[0] for call in list(self.pings.calls)]
        return {kind: called.count(kind) for kind in NAMES}

    def check_steps(self, wanted, got, because, *, reply=None):
        self.expect.that(wanted == got, because, expected=self.told(wanted), got=self.told(got), reply=reply)

    # Requests

    def get(self, path, because, *, expected, **options):
        """Ask, and lose the point with this sentence when no answer comes."""
        try:
            return self.client.get(path, **{**LIMIT, **options})
        except TimedOut as late:
            self.expect.that(False, because, expected=expected, got=str(late), reply=late)
            raise

    def check_ready(self, because):
        """GET /health/ready tells how the two are: "fail" for what fails or hangs. Return the reply and its seconds."""
        down = {kind for kind in NAMES if {f"{kind}.ping"} & (self.failing | self.hanging)}
        body = {NAMES[kind]: "fail" if kind in down else "ok" for kind in NAMES}
        status = 503 if down else 200
        for attempt in range(3):
            begin = time.monotonic()
            reply = self.get("/health/ready", because, expected=f"status {status}, {json.dumps(body)}")
            seconds = time.monotonic() - begin
            fair = seconds < CALM or self.hanging
            if fair or attempt == 2 or (reply.status_code == status and self._body(reply) == body):
                break
        self.expect.keys(reply, body, because, status=status)
        return reply, seconds

    @staticmethod
    def _body(reply):
        try:
            found = reply.json()
        except ValueError:
            return None
        return {name: found.get(name) for name in NAMES.values()} if isinstance(found, dict) else None


@pytest.fixture
def world(app, client, expect, nonce):
    return World(app, client, expect, nonce)

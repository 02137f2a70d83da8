"""The upstream of 39-performance: what it answers, what hangs, and when it was asked; and requests with a time limit."""

import itertools
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from gradewright.suite import CheckFailed, TimedOut, UpstreamReply

#: Seconds after which a route must have given up, and what a busy machine may add.
GIVE_UP, SLACK = 2.0, 0.8
#: Seconds that all of a round have to arrive in.
PATIENCE = 0.8
#: How often a test is tried on a machine that is too busy for calls of a second.
ATTEMPTS = 3


class Round:
    """Lets calls for items go on only ten together, and sees the most at a time."""

    def __init__(self, total, at_a_time, seconds, jitter):
        self.total, self.at_a_time, self.seconds, self.jitter = total, at_a_time, seconds, jitter
        self.arrived = self.active = self.peak = 0
        self.broken = 0
        self._changed = threading.Condition()

    def through(self):
        with self._changed:
            number = self.arrived
            self.arrived += 1
            self.active += 1
            self.peak = max(self.peak, self.active)
            self._changed.notify_all()
            wanted = min(self.total, (number // self.at_a_time + 1) * self.at_a_time)
            full = self._changed.wait_for(lambda: self.broken or self.arrived >= wanted, PATIENCE)
            if not full or self.broken:
                self.broken = self.broken or self.active
                self._changed.notify_all()
        if not self.broken:
            time.sleep(self.seconds + self.jitter[number])
        with self._changed:
            self.active -= 1


class Source:
    """What the upstream says: something new at each call. A call is told by its `key`: a path, or a user's Authorization."""

    def __init__(self, app, client, expect, nonce, upstream):
        self.app, self.client, self.expect, self.nonce, self.upstream = app, client, expect, nonce, upstream
        self._lock = threading.Lock()
        self._word, self._numbers = nonce(), itertools.count(nonce.number())
        self.released = threading.Event()
        self._begin()

    def _begin(self):
        self.hung, self.dripping, self.cut, self.delays, self.failing = set(), set(), set(), {}, {}
        self.round = None
        self.released = threading.Event()
        self.said, self.arrivals = {}, {}
        self.starved = False
        self.upstream.answer = self._answer

    def begin_again(self):
        """Forget all, the app too, and wait for a quieter moment."""
        self.released.set()
        self.upstream.reset()
        self.app.restart(fresh=True)
        until, quick = time.monotonic() + 4, 0
        while quick < 5 and time.monotonic() < until:
            began = time.monotonic()
            self.client.get("/ping")
            quick = quick + 1 if time.monotonic() - began < 0.03 else 0
            time.sleep(0.03)
        self.app.restart(fresh=True)
        self._begin()

    @staticmethod
    def key(request):
        return request.headers.get("authorization", "nobody") if request.path == "/me" else request.path

    def _answer(self, request):
        key = self.key(request)
        with self._lock:
            self.arrivals.setdefault(key, time.monotonic())
            value = {"of": key, "is": f"{self._word}-{next(self._numbers)}", "ä": [None, 1.5, True, {}]}
            self.said.setdefault(key, []).append(value)
        if self.round is not None and key.startswith("/item/"):
            self.round.through()
        if key in self.hung:
            self.released.wait(8)
        if key in self.cut:
            # The connection is closed then.
            raise ConnectionAbortedError
        if key in self.failing:
            return UpstreamReply(self.failing[key], value)
        if key in self.dripping:
            text = json.dumps(value).encode()
            size = len(text) // 7 + 1
            return UpstreamReply(200, b"", {}, 0.4, tuple(text[start : start + size] for start in range(0, len(text), size)))
        return UpstreamReply(200, value, delay=self.delays.get(key, 0.0))

    def in_rounds(self, *how):
        """Answer calls for items in rounds from now on."""
        self.round = Round(*how)
        return self.round

    def calls(self, key=None):
        """How often the upstream was asked, for this key or at all."""
        with self._lock:
            return len(self.said.get(key, ())) if key else sum(map(len, self.said.values()))

    def forget(self, key):
        """Forget the calls for this key so far."""
        with self._lock:
            self.said.pop(key, None)

    def last(self, key):
        with self._lock:
            return self.said[key][-1] if key in self.said else None

    def wait_calls(self, keys, seconds=2.8):
        """Return whether a call for each of these came in time."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if all(map(self.calls, keys)):
                return True
            time.sleep(0.005)
        return False

    def ping(self):
        """Return whether a trivial route answers soon, and its reply or what can be shown instead of one."""
        try:
            return True, self.client.get("/ping", extensions={"limit": 2.0})
        except TimedOut as late:
            return False, late

    def spread(self, keys):
        """Seconds between the first calls for these keys."""
        times = [self.arrivals[key] for key in keys]
        return max(times) - min(times)

    def user(self):
        return f"Bearer {self.nonce(20)}"

    def get(self, path, user=None):
        """Ask for what does not hang. If the app says that it does, it had no turn on a busy machine, or it is wrong."""
        reply = self.client.get(path, headers=self._headers(user), extensions={"limit": 12})
        self.starved = self.starved or reply.status_code == 504
        return reply

    def gives_up(self, path, user=None):
        """Ask for what hangs; return the reply, or None if there was none when the route should have given up."""
        try:
            return self.client.get(path, headers=self._headers(user), extensions={"limit": GIVE_UP + SLACK})
        except TimedOut:
            return None

    @staticmethod
    def _headers(user):
        return {"Authorization": user} if user else None

    def told(self, path, user=None):
        """The route's answer is what the upstream said last; it is the gate of what is not to happen."""
        reply = self.get(path, user)
        key = user if path == "/me" else path
        self.expect.json(reply, self.last(key), f"GET {path} should answer 200 with the JSON that the upstream gave.")
        return reply

    def together(self, count, ask):
        """Ask so many times at once, while the upstream answers nothing for a moment; return the replies."""
        with ThreadPoolExecutor(count) as pool, self.upstream.hold():
            waiting = [pool.submit(ask) for _number in range(count)]
            self.upstream.wait_in_flight(2, 0.2)
            self.upstream.release()
            return [future.result() for future in waiting]


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Try a test again when it has failed and the app took for slow what was answered at once. No other failure is forgiven."""
    source = pyfuncitem.funcargs.get("source")
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}  # noqa: SLF001
    for attempt in range(1, ATTEMPTS + 1):
        try:
            pyfuncitem.obj(**arguments)
        except CheckFailed:
            if source is None or not source.starved or attempt == ATTEMPTS:
                raise
            source.begin_again()
        else:
            break
    return True


@pytest.fixture
def source(app, client, expect, nonce, upstream):
    made = Source(app, client, expect, nonce, upstream)
    yield made
    made.released.set()

"""The grader's side of the provided modules, and the proofs of 12-unblock-the-loop: held calls, a ping, what arrived."""

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from gradewright.suite import NotInFlight, TimedOut

#: Seconds that a held request may last: longer than anything here waits.
LONG = {"extensions": {"limit": 25}}
#: Seconds for a ping: at the first try, when a standing event loop can be told from a busy machine, and at the second.
PINGS = (0.7, 4.0)
PROVIDED = ("market.py", "audit.py", "store.py")


class Services:
    """What market, audit and store answer, drawn for each test; `lines` are the audit's, `orders` are those saved, by id."""

    def __init__(self, app, nonce):
        self.prices = {}
        self.rate = nonce.number(10, 4000) / 8
        self.report_lines = nonce.tokens(4)
        self.orders = {}
        self._nonce = nonce
        self.quote = app.serve("market.quote", lambda call: self.price(call.args[0]))
        self.rates = app.serve("market.rate", lambda _call: self.rate)
        self.report = app.serve("market.report", self._line)
        self.audit = app.serve("audit.write", lambda _call: None)
        self.save = app.serve("store.save", self._save)
        app.serve("store.load", lambda call: self.orders.get(call.args[0]))

    def price(self, symbol):
        if symbol not in self.prices:
            self.prices[symbol] = self._nonce.number()
        return self.prices[symbol]

    def _line(self, call):
        number = call.args[0]
        return self.report_lines[number] if number < len(self.report_lines) else None

    def _save(self, call):
        self.orders[call.args[0]["id"]] = call.args[0]

    @property
    def lines(self):
        return [call.args[0] for call in self.audit.calls]


class Loop:
    """Holds requests in a provided module and shows whether the event loop goes on."""

    def __init__(self, app, client, expect):
        self._app, self._client, self._expect = app, client, expect

    def ping(self, because):
        """GET /ping is answered although something else is held."""
        for limit in PINGS:
            try:
                reply = self._client.get("/ping", extensions={"limit": limit})
            except TimedOut as late:
                place = self.stands_in()
                # A loop inside a call that we hold stays there for as long as we hold it: no use to wait.
                if place or limit == PINGS[-1]:
                    self._expect.that(False, because, expected='{"pong":true}', got=place or str(late))
            else:
                self._expect.json(reply, {"pong": True}, because)
                return

    def stands_in(self):
        """Where the event loop stands in a provided module, in words; "" if it does not."""
        frames = self._app.where()["frames"]
        if not frames or frames[-1]["file"] not in PROVIDED:
            return ""
        module = frames[-1]["file"].removesuffix(".py")
        own = [frame for frame in frames if frame["file"] not in PROVIDED]
        place = f", called in {own[-1]['file']}, line {own[-1]['line']}" if own else ""
        return f"no answer: the event loop stands still inside {module}.{frames[-1]['function']}{place}"

    def wait_call(self, twin, waiting, because, *, count=1):
        """Return the calls that are held once there are `count`, or fewer if the request ends without."""
        until = time.monotonic() + 4.0
        while time.monotonic() < until:
            with contextlib.suppress(NotInFlight):
                return twin.wait_in_flight(count, seconds=0.05)
            if waiting.done():
                break
        self._expect.that(
            False,
            because,
            expected=f"a call of {twin.name}" if twin.name == "store.save" else f"a call of {twin.name} or {twin.name}_async",
            got="an answer without one" if waiting.done() else "no call, and no answer",
            reply=waiting.result() if waiting.done() else None,
        )
        return None

    def check_many(self, twin, paths, answers):
        """Requests to all paths wait in the twin, /ping is answered meanwhile, and then all get their own answers."""
        what = f"{len(paths)} requests like GET {paths[0]} wait"
        with ThreadPoolExecutor(len(paths)) as pool, twin.hold():
            waiting = [pool.submit(self._client.get, path, **LONG) for path in paths]
            self.wait_call(twin, waiting[0], f"GET {paths[0]} should ask the provided module.")
            self.ping(f"While {what}, GET /ping should be answered.")
            with contextlib.suppress(NotInFlight):
                twin.wait_in_flight(len(paths), seconds=1.0)
            self.ping(f"While {what}, GET /ping should be answered.")
            twin.release()
            for path, body, future in zip(paths, answers, waiting, strict=True):
                self._expect.json(future.result(), body, f"GET {path} should still get its own answer.")


class Reader:
    """Reads a reply as it arrives, on a thread of its own; `text` is what has come so far."""

    def __init__(self, client, path):
        self.text = ""
        self._changed = threading.Condition()
        self._pool = ThreadPoolExecutor(1)
        self.reply = self._pool.submit(self._read, client, path)

    def _read(self, client, path):
        with client.stream("GET", path, **LONG) as reply:
            for text in reply.iter_text():
                with self._changed:
                    self.text += text
                    self._changed.notify_all()
            return reply

    def wait(self, text, seconds=2.0):
        """Return whether this much has come, soon."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.text) >= len(text), timeout=seconds)

    def close(self):
        self._pool.shutdown()


@pytest.fixture(autouse=True)
def services(app, nonce):
    return Services(app, nonce)


@pytest.fixture
def loop(app, client, expect):
    return Loop(app, client, expect)


@pytest.fixture
def read(client):
    """Start to read a path; `read(path)` returns its Reader."""
    readers = []

    def start(path):
        readers.append(Reader(client, path))
        return readers[-1]

    yield start
    for reader in readers:
        reader.close()

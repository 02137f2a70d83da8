"""Runs the container's command. Each start takes a second or two, so one voyage sees all that is to be seen of it.

While the first container finishes its last request, another one starts, which is told nothing.
"""

import contextlib
import hashlib
import hmac
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from signal import SIGTERM

import pytest

from gradewright.client import Client
from gradewright.suite import RequestFailed, StartFailed
from gradewright.worker_control.launch import Start

DEFAULT = 8000
#: Seconds after SIGTERM within which the container has to end.
GRACE = 10.0
#: Ends well if the port in PORT, or else the given one, can be reached under this machine's given address.
KNOCK = "import os, socket, sys; socket.create_connection((sys.argv[1], int(os.environ.get('PORT') or sys.argv[2])), 3)"
SILENT = "nothing listens on the port"
#: A server that watches its files cannot have inotify here.
ALWAYS = {"WATCHFILES_FORCE_POLLING": "true"}


@dataclass
class Seen:
    """What was seen of the containers. None, or nothing, is what it did not come to."""

    trouble: str = ""
    told: bool = True
    live: object = None
    everywhere: bool | None = None
    wanted: int = 0
    pids: set = field(default_factory=set)
    after: set | None = None
    shown: str = ""
    signed: bool = False
    well: object = None
    ill: object = None
    stopped: object = None
    slow: str = ""
    late: list = field(default_factory=list)
    ended: object = None
    untold: str | None = None
    untold_everywhere: bool | None = None
    untold_pids: set | None = None
    untold_well: object = None
    leaked: str | None = None


class Voyage:
    def __init__(self, app, nonce, image):
        self.app, self.image = app, image
        self.seen = Seen(wanted=3)
        self.secret, self.text = nonce(40), nonce()
        self.boot = 0.0

    def sail(self):
        if not self.image.command:
            self.seen.trouble = "the Dockerfile's last stage has neither CMD nor ENTRYPOINT"
        elif self.start():
            with quiet(self.app) as client:
                self.look_around(client)
                self.crash(client)
                self.check_health()
                self.stop(client)

    def environment(self, **more):
        return {**self.image.env, **ALWAYS, **more}

    def start(self):
        """Start the container with all that it can be told, and say whether it answers."""
        env = self.environment(APP_SECRET=self.secret, WEB_CONCURRENCY=str(self.seen.wanted))
        self.app.stop()
        began = time.monotonic()
        launch, limit = self.app.launch, max(20.0, self.app.launch.start_limit)
        self.app.start(Start(env, command=tuple(self.image.command)))
        try:
            while not self.app.worker.wait_started(time.monotonic() + 2.0):
                if self.app.own_network and self.app.run("env", "-u", "PORT", *knock("127.0.0.1"), seconds=6).code == 0:
                    # It listens where it was not told to: whatever else there is to see can be seen there.
                    self.seen.told = False
                    began = time.monotonic()
                    self.app.restart(env, command=self.image.command, port=DEFAULT)
                elif time.monotonic() > began + limit:
                    break
            # It waits no longer than this for what has not begun to listen by now.
            self.app.launch = replace(launch, start_limit=0.1)
            self.app.wait_ready()
            self.seen.live = first_answer(self.app, time.monotonic() + limit)
        except (StartFailed, RequestFailed) as failure:
            text = self.app.output["text"] if self.app.worker is None else self.app.log()
            lines = [line.strip() for line in text.splitlines() if line.strip()]
            self.seen.trouble = f"{reason(failure)}; printed last: {lines[-1][:200] if lines else 'nothing'}"
        self.app.launch = launch
        self.boot = time.monotonic() - began
        return not self.seen.trouble

    def pids_of(self, client, wanted):
        """Ask until as many processes as wanted have answered, or no more can be hoped for; then ask some more."""
        found = set()

        def ask(_number):
            with contextlib.suppress(RequestFailed, ValueError, KeyError, TypeError):
                found.add(client.get("/whoami", extensions={"limit": 3.0}).json()["pid"])

        # Who has too few processes pays with this wait; who has enough waits only for the slowest of them to start.
        patience = time.monotonic() + max(6.0, min(15.0, 5 * self.boot))
        with ThreadPoolExecutor(8) as pool:
            while len(found) < wanted and time.monotonic() < patience:
                list(pool.map(ask, range(8)))
            list(pool.map(ask, range(6 * wanted)))
        return found

    def look_around(self, client):
        if sys.platform == "linux":
            # Elsewhere a machine has no second address of its own.
            self.seen.everywhere = self.app.run(*knock("127.0.0.2"), seconds=6).code == 0
        try:
            reply = client.get(f"/signature/{self.text}")
            self.seen.shown = f"status {reply.status_code}: {reply.text[:100]}"
            self.seen.signed = sign(self.secret, self.text) in reply.text
        except RequestFailed as failure:
            self.seen.shown = str(failure)
        self.seen.pids = self.pids_of(client, self.seen.wanted)

    def crash(self, client):
        if len(self.seen.pids) == self.seen.wanted:
            with contextlib.suppress(RequestFailed):
                client.post("/gradewright/crash")
            self.seen.after = self.pids_of(client, self.seen.wanted)

    def health(self, app):
        return app.run(*self.image.health, seconds=6) if self.image.health else None

    def check_health(self):
        self.seen.well = self.health(self.app)
        self.app.run("touch", "gradewright-ill")
        self.seen.ill = self.health(self.app)
        self.app.run("rm", "gradewright-ill")

    def stop(self, client):
        """Stop the container while a request is under way."""
        with ThreadPoolExecutor(2) as pool, contextlib.ExitStack() as held:
            lines = self.send_slow(client, held)
            sent = time.monotonic()
            self.app.signal(SIGTERM)
            reading = pool.submit(self.read_slow, lines)
            asking = pool.submit(self.ask_late, sent, reading)
            if self.seen.told and self.app.own_network:
                self.look_untold(DEFAULT)
            asking.result()
        self.seen.ended = self.app.wait_exit(max(0.1, sent + GRACE + 0.5 - time.monotonic()))
        if self.seen.ended is not None:
            self.seen.stopped = self.health(self.app)
        if self.seen.told and not self.app.own_network:
            self.app.stop()
            self.look_untold(0)

    def send_slow(self, client, held):
        """Ask for /slow, and return the lines of its answer once the first one is there."""
        try:
            reply = held.enter_context(client.stream("GET", "/slow", extensions={"limit": GRACE + 2}))
            lines = reply.iter_lines()
            self.seen.slow = f"status {reply.status_code}, {next(lines, '')}"
        except RequestFailed as failure:
            self.seen.slow = str(failure)
            return []
        return lines

    def read_slow(self, lines):
        try:
            self.seen.slow = ", ".join([self.seen.slow, *lines])
        except RequestFailed as failure:
            self.seen.slow += f", and then: {failure}"

    def ask_late(self, sent, reading):
        """Send new requests while the last one is finished, and note when those were sent that are answered."""
        while not reading.done():
            began = time.monotonic()
            with contextlib.suppress(RequestFailed), quiet(self.app) as client:
                client.get("/health/live", extensions={"limit": 0.4})
                self.seen.late += [] if reading.done() else [round(began - sent, 1)]
            time.sleep(0.1)

    def look_untold(self, port):
        """Start a container which is told nothing; one that does not serve like this is told its secret, and then its port."""
        launch = self.app.launch
        self.app.launch = replace(launch, start_limit=max(5.0, min(15.0, 3 * self.boot)))
        secret = {"APP_SECRET": self.secret}
        for more in ({}, secret, {**secret, "PORT": str(DEFAULT)} if port else None):
            if more is None or (self.seen.untold == SILENT and "PORT" not in more):
                continue
            try:
                env = self.environment(**more)
                with self.app.second(env, command=self.image.command, port=port) as other, quiet(other) as client:
                    self.see_untold(other, client, more)
                break
            except (StartFailed, RequestFailed) as failure:
                self.seen.untold = self.seen.untold or reason(failure)
        self.app.launch = launch

    def see_untold(self, other, client, more):
        first_answer(other, time.monotonic() + 8.0)
        reply = client.get(f"/signature/{self.text}", extensions={"limit": 8.0})
        if not more:
            self.seen.leaked = reply.text[:100] if reply.status_code == 200 else ""
        if "PORT" not in more:
            self.seen.untold = ""
            self.seen.untold_well = self.health(other)
            self.seen.untold_everywhere = sys.platform != "linux" or other.run(*knock("127.0.0.2"), seconds=6).code == 0
        if len(self.seen.pids) == self.seen.wanted:
            self.seen.untold_pids = self.pids_of(client, 2)


def quiet(app):
    """Return a client whose requests are in no report: they belong to several tests, and many are meant to fail."""
    return Client(app, lambda _exchange: None)


def first_answer(app, deadline):
    """Return the first answer of a container that listens. Who accepts first may be one that is just being killed."""
    with quiet(app) as client:
        while True:
            try:
                return client.get("/health/live", extensions={"limit": max(0.5, deadline - time.monotonic())})
            except RequestFailed:
                if app.worker.dead or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)


def knock(host):
    return ("python", "-I", "-c", KNOCK, host, str(DEFAULT))


def sign(secret, text):
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def reason(failure):
    """Return why a container does not serve."""
    facts = getattr(failure, "facts", {})
    return SILENT if facts.get("kind") == "start_timeout" else str(facts.get("how") or failure)


@pytest.fixture
def seen(app, nonce, image, kept):
    """What was seen of the containers, by whichever test came first."""
    if "seen" not in kept:
        voyage = Voyage(app, nonce, image)
        kept["seen"] = voyage.seen
        voyage.sail()
    return kept["seen"]

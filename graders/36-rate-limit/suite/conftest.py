"""The steps that the tests of 36-rate-limit share: attempts that pass or are refused, and windows that do not end meanwhile."""

import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

LOGINS, SEARCHES = 5, 30
#: Seconds that a request may last: longer than anything here waits.
LONG = {"extensions": {"limit": 12}}
#: Seconds that are left of any window that is aligned to a clock when a test begins.
LEFT = 120
#: Headers in which clients say who they are.
CLAIMS = ("X-Forwarded-For", "X-Real-IP", "Forwarded")


class Gate:
    """Knocks at the app. An attempt passes with 200 and is refused with any 4xx, except where the status is the point."""

    def __init__(self, app, client, expect, nonce, redis):
        self.app, self.client, self.expect, self.nonce, self.redis = app, client, expect, nonce, redis
        self.window = 0
        self._passwords = {}
        app.serve("users.check", lambda call: self._passwords.get(call.args[0]) == call.args[1])

    def start(self, window=None):
        """Start the app with this window, by default a long one that ends in no test, whichever clock it is aligned to."""
        while not (self.window or window):
            drawn = self.nonce.number(2000, 5000)
            if all(clock() % drawn < drawn - LEFT for clock in (time.time, time.monotonic)):
                self.window = drawn
        self.window = window or self.window
        self.app.restart(env={"RATE_WINDOW": str(self.window)})

    def ask_directly(self):
        """Serve GET /client for the rest of the test: a route of the grader's own that shows what get_client_id returns."""
        name = f"probe_{self.nonce()}"
        files = {f"{name}.py": Path(__file__).with_name("probe.txt").read_text(encoding="utf-8")}
        self.app.restart({"RATE_WINDOW": str(self.window)}, files=files, app=f"{name}:app")

    def user(self, name=None):
        """Return a user who may log in."""
        name = name or self.nonce()
        self._passwords[name] = self.nonce(12)
        return name

    def login(self, user, *, wrong=False, client=None, headers=None):
        password = self._passwords[user][::-1] + "x" if wrong else self._passwords[user]
        body = {"username": user, "password": password}
        return (client or self.client).post("/login", json=body, headers=headers, **LONG)

    def search(self, *, client=None, headers=None):
        return (client or self.client).get("/search", params={"q": self.nonce()}, headers=headers, **LONG)

    def claim(self):
        """Return headers in which a client says that it is somebody else."""
        address = ".".join(str(self.nonce.number(1, 250)) for _part in range(4))
        return {name: f"for={address}" if name == "Forwarded" else address for name in CLAIMS}

    def passes(self, reply, because):
        self.expect.status(reply, 200, because)

    def refused(self, reply, because):
        got = f"status {reply.status_code}"
        self.expect.that(400 <= reply.status_code < 500, because, expected="a refusal, status 429", got=got, reply=reply)

    def use_up(self, user, what, **options):
        """Five logins of this user pass, the sixth is refused."""
        for number in range(1, LOGINS + 1):
            self.passes(self.login(user, **options), f"{what}: login {number} of {LOGINS} should pass with the right password.")
        self.refused(self.login(user, **options), f"{what}: after {LOGINS} logins in a window, the next one should be refused.")

    def search_until_refused(self, what, **options):
        """Search until it is refused, which it has to be after thirty; return the reply."""
        for _number in range(SEARCHES + 1):
            reply = self.search(**options)
            if reply.status_code != 200:
                break
        self.refused(reply, f"{what}: after {SEARCHES} searches in a window, the next one should be refused.")
        return reply

    def check_retry(self, reply, what):
        """It is a 429, and says when to come back."""
        self.expect.status(reply, 429, f"{what} over the limit should be 429, which says that it is a matter of time.")
        value = reply.headers.get("retry-after")
        self.expect.that(
            value is not None and re.fullmatch("[0-9]+", value) and 1 <= int(value[:9]) <= self.window,
            f"The 429 of {what} should say in Retry-After after how many seconds the client may come back.",
            expected=f"Retry-After: a whole number from 1 to {self.window} (RATE_WINDOW)"
            if self.window > 1
            else "Retry-After: 1 (RATE_WINDOW is 1)",
            got=f"Retry-After: {value}" if value is not None else "no Retry-After",
            reply=reply,
        )

    def rush(self, user, clients, apps, count):
        """Log in so many times at the same moment: the instances sleep until all requests lie before them."""
        with ThreadPoolExecutor(count) as pool:
            try:
                for app in apps:
                    app.signal(signal.SIGSTOP)
                waiting = [pool.submit(self.login, user, client=clients[place % len(clients)]) for place in range(count)]
                time.sleep(0.3)
            finally:
                for app in apps:
                    app.signal(signal.SIGCONT)
            return [request.result() for request in waiting]


@pytest.fixture
def gate(app, client, expect, nonce, redis):
    return Gate(app, client, expect, nonce, redis)

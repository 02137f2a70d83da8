"""What the tests of 19-login share: the users, people who register and log in, and hashes, which are computed again."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from gradewright.suite import NotInFlight, TwinRaise

#: Requests that must be answered while passwords are hashed. A loop that hashes lets one or two through, a free one dozens.
ENOUGH = 8
#: Tries to see that: on a busy machine others may be late for no fault of the app. Where nearly none get through, three.
TRIES = 6
#: Seconds that one of several requests at the same time may last: they share the processor with each other.
LONG = {"extensions": {"limit": 12}, "settle": False}


class Users:
    """The grader's side of store.py: the hashes by name, and what was called. Who is `late` is not found yet when asked for."""

    def __init__(self, app):
        self.hashes, self.late = {}, set()
        self.save = app.serve("store.save_user", self._save)
        self.get = app.serve("store.get_hash", self._find)

    def _find(self, call):
        return None if call.args[0] in self.late else self.hashes.get(call.args[0])

    def _save(self, call):
        name, text = call.args
        if name in self.hashes:
            raise TwinRaise("UserExists", name)
        self.hashes[name] = text


@pytest.fixture
def users(app):
    return Users(app)


class People:
    """Registers people and logs them in. Somebody who has registered once can be put into the store again: hashing is dear."""

    def __init__(self, client, expect, nonce, users, known):
        self._client, self._expect, self._nonce, self._users, self._known = client, expect, nonce, users, known

    def register(self, name, password):
        return self._client.post("/register", json={"username": name, "password": password})

    def enrol(self, count):
        """Return the names of so many users who may log in, and the password of all of them."""
        names = self._nonce.tokens(count)
        if not self._known:
            name, password = self._nonce(), self._nonce(16)
            reply = self.register(name, password)
            self._expect.that(
                name in self._users.hashes,
                "POST /register should save the new user with store.save_user.",
                expected="201, and a call of store.save_user",
                got=f"{reply.status_code}, and no such call that succeeded",
                reply=reply,
            )
            self._known.update(password=password, text=self._users.hashes.pop(name))
        self._users.hashes.update(dict.fromkeys(names, self._known["text"]))
        return names, self._known["password"]

    def login(self, name, password):
        """Log in with a form. That it has to be one is the matter of other tests: an app that wants JSON gets it here."""
        fields = {"username": name, "password": password}
        reply = self._client.post("/token", data=fields, settle=False)
        return self._client.post("/token", json=fields, settle=False) if reply.status_code == 422 else reply

    def read_token(self, reply, because):
        """The reply is a successful login; return its token."""
        answer = self._expect.keys(reply, {}, because)
        token = answer.get("access_token")
        fits = isinstance(token, str) and token.isascii() and token.isprintable()
        because = "POST /token should answer with access_token, a text that fits in a header."
        self._expect.that(fits, because, expected='"access_token":"…"', got=answer, reply=reply)
        return token

    def enter(self, name, password):
        """Return the token of a login that has to succeed."""
        return self.read_token(self.login(name, password), "POST /token should be 200 for a user's name and password.")

    def ask_me(self, token, scheme="Bearer"):
        return self._client.get("/me", headers={"Authorization": f"{scheme} {token}"})


@pytest.fixture(scope="session")
def known():
    """A password and its hash, as the app made it, once there is one."""
    return {}


@pytest.fixture
def people(client, expect, nonce, users, known):
    return People(client, expect, nonce, users, known)


@pytest.fixture
def refused(expect):
    """The reply is a 401 with its challenge."""

    def check(reply, because):
        expect.status(reply, 401, because)
        challenge = reply.headers.get("WWW-Authenticate")
        expect.that(
            (challenge or "").lower().split(" ")[0].rstrip(",") == "bearer",
            f"{because} Its header WWW-Authenticate should say how to come in.",
            expected="WWW-Authenticate: Bearer",
            got=f"WWW-Authenticate: {challenge}" if challenge is not None else "no header WWW-Authenticate",
            reply=reply,
        )

    return check


class Rush:
    """Several passwords are hashed at the same time, and somebody else asks for /me until the first of them is done.

    Nothing is timed. What counts is the order in which things come back: while the event loop hashes, nothing does.
    """

    def __init__(self, client, expect, users):
        self._client, self._expect, self._users = client, expect, users

    def log_in(self, forms):
        """Log in with all of these forms at once. Return how many others were answered while that went on, and the replies."""
        self._users.get.forget()
        with ThreadPoolExecutor(len(forms)) as pool:
            waiting = [pool.submit(self._client.post, "/token", **form, **LONG) for form in forms]
            # All of them should be at work; those that wait for their turn come later, and a loop that hashes asks one by one.
            with contextlib.suppress(NotInFlight):
                self._users.get.wait_calls(len(forms), 0.05)
            answered = self._count(lambda: any(login.done() for login in waiting))
            return answered, [login.result() for login in waiting]

    def register(self, bodies):
        """Register with all of these JSON bodies at once; return the same."""
        self._users.save.forget()
        sent = [threading.Event() for _body in bodies]
        with ThreadPoolExecutor(len(bodies)) as pool:
            waiting = [pool.submit(self._post, body, event) for body, event in zip(bodies, sent, strict=True)]
            for event in sent:
                event.wait(2.0)
            answered = self._count(lambda: self._users.save.calls or any(reply.done() for reply in waiting))
            return answered, [reply.result() for reply in waiting]

    def _post(self, body, sent):
        def content():
            yield body
            # Whoever asks from here on comes later than this request.
            sent.set()

        headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        return self._client.post("/register", content=content(), headers=headers, **LONG)

    def _count(self, over):
        answered = 0
        while answered < ENOUGH and not over():
            reply = self._client.get("/me", settle=False)
            self._expect.status(reply, 401, "GET /me without a token should be 401, also while others log in or register.")
            answered += not over()
        return answered


@pytest.fixture
def rush(client, expect, users):
    return Rush(client, expect, users)


@pytest.fixture
def overtakes(expect):
    """Try until enough others were answered during a rush; return the replies of the last one."""

    def check(try_once, because):
        answered = 0
        for number in range(TRIES):
            count, replies = try_once()
            answered = max(answered, count)
            if answered >= ENOUGH or (number >= 2 and answered <= 1):
                break
        expect.that(
            answered >= ENOUGH,
            because,
            expected="others are answered in the meantime",
            got="nobody else was answered before" if answered <= 1 else f"only {answered} others were answered before",
            reply=replies[0],
        )
        return replies

    return check

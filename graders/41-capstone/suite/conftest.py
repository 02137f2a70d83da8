"""The vault as the tests of 41-capstone use it: its environment, its people, and what it leaves in its database and folder."""

import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from gradewright.suite import CheckFailed, TimedOut, TwinRaise
from gradewright.suite.refusals import end, instead_of_refusing
from gradewright.suite.waiting import PATIENCE, wait_until

#: The largest file, in bytes.
LARGEST = 1_048_576
#: Seconds that a request may last while something is held.
LONG = {"extensions": {"limit": 12}}
#: Seconds within which others are answered while something is held, and within which a reply comes that does not wait for it.
PING, SOON = 2.5, 2.0
#: Seconds that the app takes to start on a machine that does nothing else. Where it takes longer, all else may, too, up to MOST
#: times as long: only what never comes costs a grade more for it.
START, MOST = 1.0, 3.0
ORIGINS = ("https://vault.example.com", "http://localhost:5173")


class Vault:
    """The app, which runs with variables that the grader knows. Each person and each text is used by one test only."""

    largest, long, origins = LARGEST, LONG, ORIGINS

    def __init__(self, app, client, expect, nonce, known):
        self.known = known
        self.app, self.client, self.expect, self.nonce = app, client, expect, nonce
        self.environment, self.failing, self.statements = {}, {}, None
        self.embeds = app.serve("embedder.embed", self._embed)
        self.others = app.serve("other.embed", lambda _call: [0.25, 0.5])
        self.before = app.serve("database.before", lambda call: self.statements(call) if self.statements else None)
        self.sessions = app.serve("session.event", lambda _call: None)

    def _embed(self, call):
        text = call.args[0] if call.args else None
        if text in self.failing:
            raise TwinRaise(self.failing[text], "no vector")
        return [0.5, 0.25]

    # Starts

    def new_environment(self):
        place = self.nonce()
        return {
            "GRADED": "1",
            "DATABASE_URL": f"sqlite:///{place}.db",
            "UPLOAD_DIR": f"{place}/new/uploads",
            "JWT_SECRET": self.nonce(40),
            "ALLOWED_ORIGINS": " , ".join(ORIGINS),
        }

    def settle(self):
        """Start the app with variables of the grader's, from now on and in all tests: a start for each of them takes time."""
        environment = self.app.launch.environment
        if "GRADED" not in environment:
            environment.update(self.new_environment())
            end(self.app)
            began = time.monotonic()
            self.app.restart()
            self.known["slow"] = min(max((time.monotonic() - began) / START, 1.0), MOST)
        self.environment = dict(environment)

    def patient(self, seconds):
        """Return how long to wait on this machine for what takes at most so many seconds elsewhere."""
        return seconds * self.known.get("slow", 1.0)

    @property
    def ping(self):
        return {"extensions": {"limit": self.patient(PING)}}

    def start(self, *, keep=False, without=(), change=(), **graded):
        """Start the app on a new database and folder; with `keep`, on those that it has."""
        if not keep:
            self.environment = self.new_environment()
        settings = {f"GRADED_{name.upper()}": str(value) for name, value in graded.items()}
        # What the old process has asked for is forgotten before the new one asks.
        end(self.app)
        for twin in (self.embeds, self.others, self.before, self.sessions):
            twin.forget()
        self.app.restart({**self.environment, "GRADED_WITHOUT": ",".join(without), **dict(change), **settings})

    def refuses(self, **options):
        """Return None if the app refuses to start like this; otherwise what it does instead."""
        return instead_of_refusing(self.app, lambda: self.start(**options))

    # People and their documents

    def register(self, username, password, client=None):
        return (client or self.client).post("/api/v1/users", json={"username": username, "password": password}, **LONG)

    def log_in(self, username, password):
        return self.client.post("/api/v1/token", data={"username": username, "password": password}, **LONG)

    def person(self):
        """Return somebody who has just registered and logged in."""
        username, password = f"Zoë {self.nonce()}", self.nonce(20)
        because = "POST /api/v1/users with a new name should be 201."
        body = self.expect.keys(self.register(username, password), {"username": username}, because, status=201)
        because = "POST /api/v1/token with a name and its password should be 200, with a token."
        reply = self.log_in(username, password)
        token = self.expect.keys(reply, {}, because).get("access_token")
        self.expect.that(isinstance(token, str), because, expected="a text as access_token", got=token, reply=reply)
        headers = {"Authorization": f"Bearer {token}"}
        return SimpleNamespace(id=body.get("id"), username=username, password=password, token=token, headers=headers)

    @staticmethod
    def headers(who):
        return who.headers if who else {}

    def upload(self, who, content=b"", title="A title", *, held=False):
        """Upload a document. While embed() is held, what follows the reply may not end: the reply alone is waited for."""
        content = content or self.nonce(30).encode()
        sent = {"data": {"title": title}, "files": {"file": ("notes.txt", content)}}
        options = {"settle": not held, **(self.ping if held else LONG)}
        return self.client.post("/api/v1/documents", headers=self.headers(who), **sent, **options)

    def upload_held(self, who, content):
        """Upload a document while embed() is held; return the reply, and whether it came before embed() returned."""
        if self.known.get("waits"):
            # An earlier test has found out, and finding it out takes time.
            self.embeds.release()
            return self.upload(who, content), False
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(self.upload, who, content, held=True)
            came = wait_until(waiting.done, self.patient(SOON))
            if not came:
                self.known["waits"] = True
                self.embeds.release()
            return waiting.result(), came

    def put_held(self, who, content):
        """Upload a document while embed() is held; return its id, since the reply has to come."""
        reply, came = self.upload_held(who, content)
        because = "POST /api/v1/documents should be answered before the text is embedded."
        got = "no reply until embed() returns"
        self.expect.that(came, because, expected="a 202 while embed() is at work", got=got, reply=reply)
        return self.accepted(reply)

    def accepted(self, reply, because="POST /api/v1/documents should be 202, with the document's id and its status."):
        """The reply takes a document in; return its id."""
        body = self.expect.keys(reply, {"status": "pending"}, because, status=202)
        right = set(body) == {"id", "status"} and isinstance(body["id"], int | str)
        self.expect.that(right, because, expected='{"id":…,"status":"pending"}', got=body, reply=reply)
        return body["id"]

    def put(self, who, content=b"", title="A title", because=None):
        """Upload a document; return its id."""
        reply = self.upload(who, content, title)
        return self.accepted(reply, because) if because else self.accepted(reply)

    def read(self, who, document_id):
        return self.client.get(f"/api/v1/documents/{document_id}", headers=self.headers(who), **self.ping)

    def delete(self, who, document_id):
        return self.client.delete(f"/api/v1/documents/{document_id}", headers=self.headers(who), **LONG)

    def list(self, who, **parameters):
        return self.client.get("/api/v1/documents", params=parameters, headers=self.headers(who), **LONG)

    def page(self, reply, because):
        """The reply is a page; return its data and its next_cursor."""
        body = self.expect.keys(reply, {}, because)
        data, cursor = body.get("data"), body.get("next_cursor", "")
        rows = isinstance(data, list) and all(isinstance(one, dict) for one in data)
        right = rows and set(body) == {"data", "next_cursor"} and (cursor is None or isinstance(cursor, str))
        self.expect.that(right, because, expected='{"data":[…],"next_cursor":…}', got=body, reply=reply)
        return data, cursor

    def ids(self, who, because="GET /api/v1/documents should show one's own documents."):
        return [one.get("id") for one in self.page(self.list(who), because)[0]]

    def wait_status(self, who, document_id, status, because, seconds=PATIENCE):
        """The document gets to this status, soon."""
        found = {}

        def over():
            found["reply"] = self.read(who, document_id)
            body = self.expect.keys(found["reply"], {}, "GET /api/v1/documents/{id} should show a document.")
            return body.get("status") != "pending"

        wait_until(over, self.patient(seconds))
        self.expect.keys(found["reply"], {"status": status}, because)

    def wait_left(self, who, document_id, because):
        """What an earlier process left pending gets ready, soon. Who has once waited in vain need not wait as long again."""
        try:
            self.wait_status(who, document_id, "ready", because, 1.0 if self.known.get("forgets") else PATIENCE)
        except CheckFailed:
            self.known["forgets"] = True
            raise

    def texts(self, twin=None):
        """Return the texts that were embedded so far."""
        return [call.args[0] for call in list((twin or self.embeds).calls) if call.args]

    def check_answered(self, ask, because):
        """The request is answered although something is held; return the reply."""
        try:
            return ask()
        except TimedOut as late:
            self.expect.that(False, because, expected="an answer", got=str(late), reply=late)

    # What lies in the folder

    def _look(self, inside):
        folder = self.environment["UPLOAD_DIR"] + "/"
        return {path for path, size in inside.files().items() if path.startswith(folder) and size is not None}

    def files(self):
        """Return the paths of the files below UPLOAD_DIR."""
        with self.app.inspect() as inside:
            return self._look(inside)

    def check_files(self, before, contents, because, reply=None):
        """Below UPLOAD_DIR there are the files of before, and one with each of these contents."""
        with self.app.inspect() as inside:
            now = self._look(inside)
            found = [inside.read(path) for path in now - before]
        wrong = [len(found) != len(contents) and f"{len(found)} new files", before - now and "a file less"]
        got = " and ".join(filter(None, wrong)) or "other bytes in them"
        right = sorted(found) == sorted(contents) and before <= now
        self.expect.that(right, because, expected=f"{len(contents)} new files", got=got, reply=reply)


@pytest.fixture(scope="session")
def known():
    """What a test has found out about the app, and others need not find out again."""
    return {}


@pytest.fixture
def vault(app, client, expect, nonce, known):
    vault = Vault(app, client, expect, nonce, known)
    vault.settle()
    yield vault
    if not app.pristine:
        end(app)


@pytest.fixture
def held(vault, expect):
    """Wait until this twin holds a call, which has to come; say otherwise what should have come."""

    def wait(twin, holds, because):
        expect.that(wait_until(holds, vault.patient(PATIENCE)), because, expected=f"a call of {twin.name}", got="no call of it")

    return wait

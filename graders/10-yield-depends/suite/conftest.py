"""The grader's side of the database, and the steps that the tests of 10-yield-depends share."""

from types import MappingProxyType

import pytest

from gradewright.suite import TwinRaise


class Database:
    """The grader's side of resources.py: the rows, and what was called on each session, in order. Sends the requests, too."""

    #: The six routes, by the name that the tests give them.
    titles = MappingProxyType(
        {
            "rows": "GET /rows",
            "add": "POST /rows",
            "conflict": "POST /conflict",
            "crash": "POST /crash",
            "stream": "GET /stream",
            "count": "GET /count",
        }
    )
    routes = tuple(titles)

    def __init__(self, app, client, expect, nonce):
        self.client, self.expect = client, expect
        # Everything random is drawn here: the twins' answers run on another thread than the test.
        self.committed = [nonce.number() for _row in range(nonce.randint(6, 9))]
        self.unused = nonce.tokens(80, 16)
        self.counts = {number: nonce.number() for number in self.unused}
        self.sessions = {}
        self.added = {}
        self.fails = False
        self.open = app.serve("resources.open", lambda _call: self.new())
        for name in ("add", "row", "count", "commit", "rollback", "close"):
            setattr(self, name, app.serve(f"resources.{name}", getattr(self, f"_{name}")))

    def new(self):
        """Open a session; return its number."""
        if not self.unused:
            raise TwinRaise("Unserved", "resources.open")
        number = self.unused.pop()
        self.sessions[number], self.added[number] = ["open"], []
        return number

    def _note(self, call, what):
        """Write a call down; on a closed session it fails, and so it does on one that this database never opened."""
        number = call.args[0] if call.args and isinstance(call.args[0], str) else None
        history = self.sessions.get(number, ["close"])
        if "close" in history:
            raise TwinRaise("SessionClosed", "the session is closed")
        history.append(what)
        return number

    def _add(self, call):
        self.added[self._note(call, "add")] += call.args[1:2]

    def _row(self, call):
        rows = self.committed + self.added[self._note(call, "row")]
        index = call.args[1] if type(call.args[-1]) is int else 0
        return rows[index : index + 1]

    def _count(self, call):
        # Not the number of rows: only who asks the repo can know it.
        return self.counts[self._note(call, "count")]

    def _commit(self, call):
        number = self._note(call, "failed commit" if self.fails else "commit")
        if self.fails:
            raise TwinRaise("CommitFailed", "the database refuses")
        self.committed += self.added[number]
        self.added[number] = []

    def _rollback(self, call):
        self.added[self._note(call, "rollback")] = []

    def _close(self, call):
        number = call.args[0] if call.args and isinstance(call.args[0], str) else None
        if number in self.sessions:
            self.sessions[number].append("close")

    def closing(self):
        """Return whether close has been called on a session of this database, answered or not."""
        return any(call.args and call.args[0] in list(self.sessions) for call in list(self.close.calls))

    def told(self, numbers):
        """Return what happened to these sessions, for people."""
        if not numbers:
            return "no session was opened"
        return "; ".join(", ".join(step for step in self.sessions[number] if step != "row") for number in numbers)

    def ask(self, name, value):
        """Send a request; return its reply and the sessions that were opened for it."""
        before = set(self.sessions)
        if name in ("rows", "stream", "count"):
            reply = self.client.get(f"/{name}")
        else:
            reply = self.client.post("/rows" if name == "add" else f"/{name}", params={"value": value})
        return reply, [number for number in self.sessions if number not in before]

    def check_added(self, numbers, value, because, reply):
        """The value was added to one of these sessions; return which."""
        calls = [call.args for call in self.add.calls]
        found = [number for number in numbers if "add" in self.sessions[number] and [number, value] in calls]
        self.expect.that(found, because, expected="open, add, …", got=self.told(numbers), reply=reply)
        return found[0]

    def check_opened_one(self, numbers, because, reply):
        got = self.told(numbers) if len(numbers) < 2 else f"{len(numbers)} sessions: {self.told(numbers)}"
        self.expect.that(len(numbers) == 1, because, expected="one session", got=got, reply=reply)


@pytest.fixture
def database(app, client, expect, nonce):
    return Database(app, client, expect, nonce)

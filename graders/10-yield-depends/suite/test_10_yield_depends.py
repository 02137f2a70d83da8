"""The hidden suite of 10-yield-depends."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from gradewright.suite import Namespace, NotInFlight, Raise, Resource, TwinRaise, point

#: The six routes by the name that the tests give them.
ROUTES = ("rows", "add", "conflict", "crash", "stream", "count")
TITLES = {
    "rows": "GET /rows",
    "add": "POST /rows",
    "conflict": "POST /conflict",
    "crash": "POST /crash",
    "stream": "GET /stream",
    "count": "GET /count",
}


class Database:
    """The grader's side of resources.py: the rows, and what was called on each session, in order."""

    def __init__(self, app, nonce):
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


@pytest.fixture
def database(app, nonce):
    return Database(app, nonce)


def ask(client, database, name, value):
    """Send a request; return its reply and the sessions that were opened for it."""
    before = set(database.sessions)
    if name in ("rows", "stream", "count"):
        reply = client.get(f"/{name}")
    else:
        reply = client.post("/rows" if name == "add" else f"/{name}", params={"value": value})
    return reply, [number for number in database.sessions if number not in before]


def added(database, numbers, value, expect, because, reply):
    """The value was added to one of these sessions; return which."""
    found = [number for number in numbers if "add" in database.sessions[number] and [number, value] in args(database.add)]
    expect.that(found, because, expected="open, add, …", got=database.told(numbers), reply=reply)
    return found[0]


def opened_one(database, numbers, expect, because, reply):
    got = database.told(numbers) if len(numbers) < 2 else f"{len(numbers)} sessions: {database.told(numbers)}"
    expect.that(len(numbers) == 1, because, expected="one session", got=got, reply=reply)


def args(twin):
    return [call.args for call in twin.calls]


@point("always-closed")
def test_every_session_is_closed_once(client, database, expect, nonce):
    kinds = [kind for kind in (*ROUTES, "refused") if kind != "stream"] * 2
    good = {"rows": 200, "count": 200, "add": 201}
    for kind in nonce.sample(kinds, len(kinds)):
        value, database.fails = nonce.number(), kind == "refused"
        name = "add" if kind == "refused" else kind
        title = TITLES[name] + (", whose commit fails," if kind == "refused" else "")
        reply, numbers = ask(client, database, name, value)
        if kind in good:
            expect.status(reply, good[kind], f"{title} should be {good[kind]}.")
            expect.that(numbers, f"{title} should open a session.", got=database.told(numbers), reply=reply)
        else:
            added(database, numbers, value, expect, f"{title} should open a session and add the value to it.", reply)
        expect.that(
            all(database.sessions[number].count("close") == 1 for number in numbers),
            f"{title} should close its session exactly once.",
            expected="open, …, close",
            got=database.told(numbers),
            reply=reply,
        )


class Stream:
    """GET /stream, read in a thread of its own. With `leave_after`, the client goes after so many lines, once `left` is set."""

    def __init__(self, client, leave_after=None):
        self.client = client
        self.leave_after = leave_after
        self.left = threading.Event()
        self.lines = []
        self._changed = threading.Condition()

    def run(self):
        with self.client.stream("GET", "/stream", extensions={"settle": False}) as reply:
            if reply.status_code != 200:
                reply.read()
                return reply
            for line in reply.iter_lines():
                with self._changed:
                    self.lines.append(line)
                    self._changed.notify_all()
                if len(self.lines) == self.leave_after:
                    self.left.wait(10)
                    break
        return reply

    def wait_lines(self, count, seconds=3.0):
        """Return the lines once there are `count`, or when time is up."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.lines) >= count, timeout=seconds)
            return list(self.lines)


def wait_row(database, index, running, expect):
    """Return the call for the row of this index, which is being held. The session must be open still."""
    because = "GET /stream should read the rows of its session one by one, while the session is open."
    for _attempt in range(30):
        try:
            held = database.row.wait_in_flight(index + 1, 0.1)
        except NotInFlight:
            if not (database.closing() or running.done()):
                continue
            break
        check_open(database, expect)
        return held[index]
    check_open(database, expect)
    if running.done():
        reply = running.result()
        expect.status(reply, 200, "GET /stream should be 200.")
    expect.that(False, because, expected=f"a call that asks for row {index + 1}", got=f"{index} such calls")
    return None


def check_open(database, expect):
    expect.that(
        not database.closing(),
        "GET /stream should keep its session open until the last row has been read and sent.",
        expected="open, the rows, close",
        got="close was called before the rows were read",
    )


def read_until(database, index, running, expect):
    """Let the app read the rows before this index; return the call for this one, held."""
    for number in range(index):
        call = wait_row(database, number, running, expect)
        call.answer([database.committed[number]])
    return wait_row(database, index, running, expect)


def check_closed(database, expect, because, reply):
    numbers = list(database.sessions)
    expect.that(
        numbers and all("close" in database.sessions[number] for number in numbers),
        because,
        expected="open, the rows, close",
        got=database.told(numbers),
        reply=reply,
    )


@point("after-response")
def test_the_session_is_open_while_rows_are_sent(client, database, expect):
    wanted = [str(row) for row in database.committed]
    last = len(wanted) - 1
    stream = Stream(client)
    # Nothing is answered here by itself: the app stands at each row, and at the close, until the test lets it go on.
    with ThreadPoolExecutor(1) as pool, database.close.hold(), database.row.hold():
        running = pool.submit(stream.run)
        call = read_until(database, last, running, expect)
        # All rows but the last have been read. A row or two may be on their way, but not all of them.
        early = stream.wait_lines(1)
        expect.that(
            early and early == wanted[: len(early)],
            "GET /stream should send a row when it has been read: the first lines should arrive before the last row is read.",
            expected=f"the first of {', '.join(wanted[:2])}, …",
            got=", ".join(early) or "nothing has arrived",
        )
        call.answer([database.committed[last]])
        wait_row(database, last + 1, running, expect).answer([])
        arrived = stream.wait_lines(len(wanted))
        expect.equal(
            wanted, arrived, "All lines of GET /stream should arrive while the close of the session is still going on."
        )
    reply = running.result()
    client.settle(reply)
    check_closed(database, expect, "After the last line of GET /stream, the session should be closed.", reply)


@point("after-response")
def test_the_stream_is_complete(client, database, expect):
    reply = client.get("/stream")
    expect.status(reply, 200, "GET /stream should be 200.")
    expect.equal(
        "".join(f"{row}\n" for row in database.committed),
        reply.text,
        "GET /stream should send each row and a line feed after it.",
        reply=reply,
    )
    kind = reply.headers.get("Content-Type", "")
    expect.that(
        kind.lower().partition(";")[0].strip() == "text/plain",
        "GET /stream should be text/plain.",
        expected="Content-Type: text/plain",
        got=f"Content-Type: {kind}",
        reply=reply,
    )
    check_closed(database, expect, "After the last line of GET /stream, the session should be closed.", reply)


@point("after-response")
def test_a_client_that_leaves_costs_no_session(client, database, expect, nonce):
    stream = Stream(client, leave_after=1)
    stop = nonce.randint(3, len(database.committed) - 1)
    with ThreadPoolExecutor(1) as pool:
        try:
            with database.row.hold():
                running = pool.submit(stream.run)
                read_until(database, stop, running, expect)
                expect.that(stream.wait_lines(1), "GET /stream should send the first line before it has read all rows.")
                stream.left.set()
                reply = running.result()
        finally:
            stream.left.set()
    client.settle(reply)
    deadline = time.monotonic() + 2
    while not database.closing() and time.monotonic() < deadline:
        time.sleep(0.02)
    check_closed(
        database,
        expect,
        "When the client of GET /stream leaves after the first lines, the session should be closed all the same.",
        reply,
    )


@point("rollback-on-error")
def test_a_failed_request_is_rolled_back(client, database, expect, nonce):
    value = nonce.number(1_000_000, 9_999_999)
    ask(client, database, "add", value)
    reply, _numbers = ask(client, database, "rows", None)
    body = expect.keys(reply, {}, "GET /rows should be 200.")
    shown = body.get("rows")
    expect.that(
        isinstance(shown, list) and value in shown,
        f"After POST /rows?value={value}, GET /rows should show {value}.",
        expected=f'{{"rows":[…,{value}]}}',
        got=body,
        reply=reply,
    )
    for kind in nonce.sample(("conflict", "crash", "refused"), 3):
        value, database.fails = nonce.number(1_000_000, 9_999_999), kind == "refused"
        name = "add" if kind == "refused" else kind
        title = f"{TITLES[name]}?value={value}" + (", whose commit fails," if kind == "refused" else "")
        reply, numbers = ask(client, database, name, value)
        database.fails = False
        number = added(database, numbers, value, expect, f"{title} should add the value to a session.", reply)
        history = database.sessions[number]
        reached = "failed commit" if kind == "refused" else "add"
        undone = history[history.index(reached) :] if reached in history else []
        if "close" in undone:
            undone = undone[: undone.index("close")]
        expect.that(
            "rollback" in undone,
            f"{title} should roll its session back before it is closed.",
            expected=f"open, add, {'failed commit, ' if kind == 'refused' else ''}rollback, close",
            got=database.told([number]),
            reply=reply,
        )
        reply, _numbers = ask(client, database, "rows", None)
        body = expect.keys(reply, {}, "GET /rows should be 200.")
        expect.equal(
            database.committed,
            body.get("rows"),
            f"{title} should leave no row behind.",
            reply=reply,
        )
        expect.that(
            value not in database.committed,
            f"{title} should leave no row behind.",
            expected=f"no row {value}",
            got=database.told([number]),
            reply=reply,
        )


@point("not-swallowed")
def test_errors_keep_their_status(client, database, expect, nonce):
    wanted = {"conflict": 409, "crash": 500}
    for name in nonce.sample(("conflict", "crash") * 2, 4):
        value = nonce.number()
        reply, numbers = ask(client, database, name, value)
        added(database, numbers, value, expect, f"{TITLES[name]} should open a session and add the value to it.", reply)
        expect.status(
            reply,
            wanted[name],
            f"{TITLES[name]} should be {wanted[name]}: the error has to pass through get_session and reach whoever answers it.",
        )


@point("commit-before-reply")
def test_a_good_commit_is_201(client, database, expect, nonce):
    value = nonce.number()
    before = list(database.committed)
    reply, _numbers = ask(client, database, "add", value)
    expect.json(reply, {"value": value}, f"POST /rows?value={value} should be 201 with the value.", status=201)
    expect.equal(
        [*before, value],
        database.committed,
        f"POST /rows?value={value} should add the value once and commit it.",
        reply=reply,
    )


@point("commit-before-reply")
def test_a_failed_commit_is_500(client, database, expect, nonce):
    for _attempt in range(2):
        value = nonce.number()
        before = list(database.committed)
        database.fails = True
        reply, numbers = ask(client, database, "add", value)
        database.fails = False
        expect.that(
            any("failed commit" in database.sessions[number] for number in numbers),
            f"POST /rows?value={value} should call commit on its session.",
            expected="open, add, failed commit, …",
            got=database.told(numbers),
            reply=reply,
        )
        expect.status(
            reply,
            500,
            f"POST /rows?value={value} should be 500 when the commit raises CommitFailed, "
            "so the commit has to come before the reply.",
        )
        expect.equal(before, database.committed, "A commit that failed should leave no row behind.", reply=reply)
        value = nonce.number()
        reply, numbers = ask(client, database, "add", value)
        expect.json(reply, {"value": value}, "After a commit that failed, the next POST /rows should be 201.", status=201)
        expect.equal([*before, value], database.committed, "The next POST /rows should commit its own value only.", reply=reply)


@point("one-session")
def test_count_asks_the_repo_on_the_session_of_the_request(client, database, expect, nonce):
    for _attempt in range(3):
        reply, numbers = ask(client, database, "count", None)
        opened_one(
            database, numbers, expect, "GET /count should open one session, which the handler and the repo share.", reply
        )
        expect.json(
            reply,
            {"count": database.counts[numbers[0]]},
            "GET /count should answer with what count() of the repo returned.",
        )


@point("one-session")
def test_each_request_opens_one_session(client, database, expect, nonce):
    for name in nonce.sample([name for name in ROUTES if name != "stream"], 5):
        reply, numbers = ask(client, database, name, nonce.number())
        opened_one(database, numbers, expect, f"{TITLES[name]} should open one session.", reply)


@point("one-session")
def test_all_routes_get_their_session_from_get_session(app, client, database, expect, nonce):
    code, other = nonce.sample((402, 410, 412, 418, 423, 424, 428, 451), 2)
    with app.override("get_session", Raise(code)):
        for name in nonce.sample(ROUTES, 6):
            reply, numbers = ask(client, database, name, nonce.number())
            expect.status(
                reply,
                code,
                f"{TITLES[name]} should be {code} when get_session raises {code}: its session should come from there.",
            )
            expect.that(
                not numbers,
                f"{TITLES[name]} should open no session by itself when get_session is replaced.",
                expected="no session",
                got=database.told(numbers),
                reply=reply,
            )
    # That the status of an error survives is not-swallowed's matter.
    with app.override("get_repo", Raise(other)) as failing:
        reply, _numbers = ask(client, database, "count", None)
        expect.that(
            len(failing.calls) == 1 and reply.status_code != 200,
            f"GET /count should fail when get_repo raises {other}: its repo should come from there.",
            expected=f"status {other}, after one call of get_repo",
            got=f"status {reply.status_code}, after {len(failing.calls)} calls of get_repo",
            reply=reply,
        )


@point("one-session")
def test_a_replaced_session_is_opened_once(app, client, database, expect, nonce):
    made = [database.new() for _session in range(nonce.randint(3, 5))]
    with app.override("get_session", Resource(tuple(Namespace(number=number) for number in made))) as session:
        for place, number in enumerate(made):
            reply, _numbers = ask(client, database, "count", None)
            expect.json(
                reply,
                {"count": database.counts[number]},
                f"In request {place + 1}, GET /count should make its repo on session {place + 1} of the replaced get_session: "
                "one session for each request.",
            )
        events = [entry["event"] for entry in session.calls]
        expect.equal(
            ["open", "close"] * len(made),
            events,
            f"{len(made)} requests to GET /count should open and close {len(made)} sessions of the replaced get_session.",
            reply=reply,
        )

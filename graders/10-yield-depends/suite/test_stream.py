"""The hidden suite of 10-yield-depends: a session that stays open while its rows are sent."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from gradewright.suite import NotInFlight, point


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

"""The hidden suite of 02-asgi-vs-wsgi.

The learner hands in two apps: raw:raw, which the tests start in place of the first, and app:app. That requests wait together
is proved by stopping the clock of the event loop; worker/gradewright_clock.py does it.
"""

import contextlib
import signal
import time
from concurrent.futures import ThreadPoolExecutor

from gradewright.suite import point

#: Seconds that one step may last.
PATIENCE = 3.0
#: Seconds that a held request may last: longer than anything here waits.
LONG = {"extensions": {"limit": 25}}
DELAY = 0.3
#: More than FastAPI's thread pool has room for.
MANY = 50


def check_text(client, expect, path, shown, because):
    """GET answers raw:<path> as plain text."""
    reply = client.get(path)
    expect.status(reply, 200, because)
    expect.equal(f"raw:{shown}", reply.text, because, reply=reply)
    kind = reply.headers.get("content-type", "")
    expect.that(
        kind.partition(";")[0].strip().lower() == "text/plain",
        "The answer to a GET should be declared as text/plain.",
        expected="Content-Type: text/plain",
        got=f"Content-Type: {kind}" if kind else "no Content-Type",
        reply=reply,
    )


@point("raw-http")
def test_paths_and_methods_without_a_framework(client, raw, expect, nonce):
    raw.serve()
    one, two = nonce.tokens(2)
    shown = f"/{one}/{two}"
    check_text(client, expect, shown, shown, "GET should answer raw: and the path.")
    check_text(client, expect, "/", "/", "GET / should answer raw:/, as for any path.")
    because = "GET should answer with the path alone, without the query."
    check_text(client, expect, f"{shown}?{nonce()}={nonce()}", shown, because)
    because = "GET should answer with the path as scope['path'] has it, encoded as UTF-8."
    check_text(client, expect, f"/{one}%20{two}/%C3%A9t%C3%A9", f"/{one} {two}/été", because)
    for method in nonce.sample(("PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"), 5):
        reply = client.request(method, shown)
        expect.status(reply, 405, f"{method} should be 405, as every method is that is neither GET nor POST.")
    because = "raw.py should need nothing but the standard library: this time, no other package can be imported."
    raw.start("gradewright_alone:raw", because, expected="imports of the standard library only")
    reply = client.get(shown)
    expect.that(
        (reply.status_code, reply.text) == (200, f"raw:{shown}"),
        because,
        expected=f"raw:{shown}",
        got=reply.extensions["exchange"].error or reply.text,
        reply=reply,
    )


def check_echo(client, told, expect, path, sent, because):
    with told(because, "a reply"):
        reply = client.post(path, content=sent, extensions={"limit": PATIENCE})
    expect.status(reply, 200, because)
    shown = reply.content.decode("utf-8", "backslashreplace")
    expect.that(reply.content == sent, because, expected=sent.decode("utf-8", "backslashreplace"), got=shown, reply=reply)


@point("raw-body")
def test_a_body_in_one_piece_or_in_many(client, new_client, raw, told, expect, nonce):
    raw.serve()
    path = f"/{nonce()}"
    check_echo(client, told, expect, path, nonce(30).encode(), "POST should answer with the request's body.")
    check_echo(client, told, expect, path, b"", "POST without a body should answer with an empty body.")
    check_echo(client, told, expect, path, nonce.randbytes(50), "POST should answer with the same bytes, whatever they are.")
    pieces = [token.encode() for token in nonce.tokens(5)]
    other = new_client()

    def drip():
        for piece in pieces:
            yield piece
            # Once another request has been answered, the app has received this piece, and no more than that.
            because = "While one body is still arriving, another POST should be answered."
            check_echo(other, told, expect, path, nonce().encode(), because)

    because = "POST should answer with the whole body, though it arrives in several messages."
    with told(because, "a reply"):
        reply = client.post(path, content=drip(), **LONG)
    expect.status(reply, 200, because)
    expect.that(
        reply.content == b"".join(pieces),
        because,
        expected=b"".join(pieces).decode(),
        got=reply.content.decode("utf-8", "backslashreplace"),
        reply=reply,
    )
    sent = nonce(60_000).encode()
    because = "POST should answer with the whole body, though it is long."
    with told(because, "a reply"):
        reply = client.post(path, content=sent)
    expect.that(
        (reply.status_code, reply.content) == (200, sent),
        because,
        expected=f"status 200 and {len(sent)} bytes, as sent",
        got=f"status {reply.status_code} and {len(reply.content)} bytes",
        reply=reply,
    )


@point("raw-lifespan")
def test_startup_and_shutdown_are_acknowledged(app, raw, expect):
    raw.check_story()
    raw.start()
    expect.that(
        "appears unsupported" not in app.log(),
        "uvicorn --lifespan on raw:raw should start.",
        expected="Application startup complete.",
        got="ASGI 'lifespan' protocol appears unsupported.",
    )
    app.signal(signal.SIGTERM)
    ended = app.wait_exit()
    expect.that(
        ended in ({"code": 0}, {"signal": int(signal.SIGTERM)}),
        "uvicorn should stop cleanly when it is told to.",
        expected="an end within 5 s",
        got="it is still running" if ended is None else f"it ended with {ended}",
    )


def connect(client, path):
    return client.websocket_connect(path, timeout=PATIENCE, settle=False)


def check_frame(socket, told, expect, text, because):
    with told(because, f"raw:{text}"):
        socket.send_text(text)
        got = socket.receive_text()
    expect.equal(f"raw:{text}", got, because, reply=socket)


def check_end(socket, told, expect, end):
    """The client leaves, and the call ends without an exception."""
    because = "When the client has gone, the call should end, without an exception."
    with told(because, "the end of the call"):
        end()
    expect.that(not socket.error, because, expected="the end of the call", got=socket.error, reply=socket)


@point("raw-websocket")
def test_frames_are_answered_until_each_client_leaves(client, raw, told, expect, nonce):
    raw.serve()
    for lost in (False, True):
        with contextlib.ExitStack() as stack:
            with told("raw should accept a WebSocket, on any path.", "an accepted WebSocket"):
                socket = stack.enter_context(connect(client, f"/{nonce()}"))
            because = "Each text frame t should be answered with raw:t, as long as the client stays."
            for text in (*nonce.tokens(3), f" {nonce()} é ", nonce()):
                check_frame(socket, told, expect, text, because)
            with told("Each frame should be answered once.", "no further message"):
                more = socket.pending()
            expect.that(not more, "Each frame should be answered once.", expected="no further message", got=more, reply=socket)
            check_end(socket, told, expect, socket.abort if lost else socket.close)

    with contextlib.ExitStack() as stack:
        because = "Two clients should be able to have a WebSocket each, at the same time."
        with told(because, "an accepted WebSocket"):
            sockets = [stack.enter_context(connect(client, f"/{nonce()}")) for _client in range(2)]
        for socket in (sockets[1], sockets[0], sockets[1], sockets[0], sockets[0]):
            check_frame(socket, told, expect, nonce(), "With two sockets open, each should be answered on its own.")
        check_end(sockets[0], told, expect, sockets[0].close)
        check_frame(sockets[1], told, expect, nonce(), "When one of two clients has left, the other should still be answered.")


@point("one-worker-many")
def test_slow_takes_its_time(client, expect):
    started = time.monotonic()
    reply = client.get("/slow")
    seconds = time.monotonic() - started
    expect.json(reply, {"ok": True}, 'GET /slow should answer {"ok": true}.')
    # A wait never ends early, so only this side of it is a matter of the clock.
    expect.that(
        seconds > DELAY - 0.02,
        "GET /slow should wait 0.3 s before it answers.",
        expected="an answer after 0.3 s",
        got=f"an answer after {seconds:.3f} s",
        reply=reply,
    )


class Clock:
    """The grader's hand on the clock of the event loop. What it hears decides only how long it waits for answers."""

    def __init__(self, client, expect):
        self._client, self._expect = client, expect

    def _say(self, order):
        reply = self._client.get(f"/gradewright/{order}", **LONG)
        return self._expect.read(reply, "The event loop should be free to answer.")["inside"]

    def stop(self):
        self._say("stop")

    def run(self):
        """Let it go on for less than two delays, until it stands again; return how many requests are still inside."""
        return self._say("run")

    def inside(self):
        return self._say("inside")

    def wait_inside(self, waiting):
        """Return once all requests have come in, or one has been answered."""
        until = time.monotonic() + 10.0
        while self.inside() < len(waiting) and not any(one.done() for one in waiting) and time.monotonic() < until:
            time.sleep(0.005)


def answers(waiting, count, seconds):
    """Return the replies that have come: as soon as there are `count`, or those there are after so many seconds."""
    until = time.monotonic() + seconds
    while sum(one.done() for one in waiting) < count and time.monotonic() < until:
        time.sleep(0.005)
    return [one.result() for one in waiting if one.done()]


@point("one-worker-many")
def test_many_wait_together(app, client, aside, told, expect):
    expect.status(client.get("/slow"), 200, "GET /slow should be 200.")
    app.restart(app="gradewright_clock:app")
    clock = Clock(aside, expect)
    clock.stop()
    with ThreadPoolExecutor(MANY) as pool:
        try:
            for count in (1, MANY):
                waiting = [pool.submit(client.get, "/slow", **LONG) for _request in range(count)]
                check_waiting(client, told, expect, clock, waiting)
        finally:
            # Nobody starts the clock again: what still waits ends here.
            app.stop()


def check_waiting(client, told, expect, clock, waiting):
    """These requests wait for the clock, hold nobody up, and have all waited enough when it has run for one delay."""
    count = len(waiting)
    what = "one GET /slow waits" if count == 1 else f"{count} requests to GET /slow wait"
    clock.wait_inside(waiting)
    with told(f"While {what}, another request should be answered.", "an answer"):
        client.get("/nothing/here")
    # What waits in a thread, or blocks the loop, does not look at this clock. It would be over by then.
    time.sleep(DELAY + 0.15)
    done = answers(waiting, 1, PATIENCE if clock.inside() < count else 0.0)
    expect.that(
        not done,
        "GET /slow should wait on the event loop: as long as the loop's clock stands still, so does the request.",
        expected="no answer yet",
        got="an answer: the wait blocked the event loop or a thread, or there was none",
        reply=done[0] if done else None,
    )
    # Whoever was answered was so before the clock stood again: only our own threads may be late.
    left = clock.run()
    done = answers(waiting, count, 1.0 if left else PATIENCE)
    expect.that(
        len(done) == count,
        f"When {what}, all of it together should take about 0.3 s.",
        expected=f"{count} of {count} answered by 0.45 s",
        got=f"{len(done)} of {count}",
        reply=done[0] if done else None,
    )
    for reply in done:
        expect.json(reply, {"ok": True}, "Each of the requests to GET /slow should be answered.")

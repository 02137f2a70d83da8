"""The hidden suite of 11-async-vs-sync.

Overlap is proved by rendezvous: the twin keeps calls unanswered until enough of them wait at the same time, and /ping must
answer meanwhile.
"""

import contextlib
import hashlib
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from gradewright.suite import NotInFlight, TimedOut, point

#: Seconds that a held request may last: longer than anything here waits.
LONG = {"extensions": {"limit": 25}}
#: Seconds within which a trivial route answers while another request is held.
PING = {"extensions": {"limit": 4}}


@pytest.fixture(autouse=True)
def upstream(app, nonce):
    """Serve both fetches, with values that nobody can know before; a test may hold them."""
    secret = nonce(20)

    def result(key):
        return {"key": key, "value": hashlib.blake2s(f"{secret}{key}".encode(), digest_size=8).hexdigest()}

    class Upstream:
        sync = app.serve("upstream.fetch_sync", lambda call: result(call.args[0]))
        slow = app.serve("upstream.fetch_async", lambda call: result(call.args[0]))
        value = staticmethod(result)

    return Upstream


def wait_all(twin, count):
    """Return how many calls wait at the same time: `count`, or as many as there are when no more come."""
    seen = 0
    while True:
        try:
            return len(twin.wait_in_flight(count, seconds=2.0))
        except NotInFlight as missing:
            if missing.seen <= seen:
                return missing.seen
            seen = missing.seen


def check_route(client, expect, upstream, path, function, nonce):
    """One call alone shows the upstream's result; before that, nothing can be said about many."""
    key = nonce()
    reply = client.get(f"{path}/{key}")
    expect.json(reply, upstream.value(key), f"GET {path}/{{key}} should answer what upstream.{function}(key) returned.")


def check_many(client, expect, upstream, twin, path, count, nonce):
    """`count` requests wait in the upstream at the same time, /ping is answered meanwhile, then all get their own result."""
    function = twin.name.rpartition(".")[2]
    keys = nonce.tokens(count)
    with ThreadPoolExecutor(count) as pool, twin.hold():
        waiting = [pool.submit(client.get, f"{path}/{key}", **LONG) for key in keys]
        seen = wait_all(twin, count)
        expect.that(
            seen >= count,
            f"{count} parallel requests to GET {path}/{{key}} should be inside upstream.{function} at the same time.",
            expected=f"{count} calls of upstream.{function} at the same time",
            got=f"{seen} at the same time; the others had to wait for one of them to end",
        )
        check_ping(client, expect, f"While {count} requests to GET {path}/{{key}} wait, GET /ping should answer.")
        twin.release()
        for key, future in zip(keys, waiting, strict=True):
            expect.json(future.result(), upstream.value(key), f"Each request to GET {path}/{{key}} should get its own result.")


def check_ping(client, expect, because):
    """A trivial route answers although another request is held."""
    try:
        reply = client.get("/ping", **PING)
    except TimedOut as late:
        expect.that(False, because, expected='{"pong":true}', got=str(late), reply=late)
    expect.json(reply, {"pong": True}, because)


@point("def-uses-threads")
def test_sync_overlaps(client, expect, upstream, nonce):
    check_route(client, expect, upstream, "/sync", "fetch_sync", nonce)
    check_many(client, expect, upstream, upstream.sync, "/sync", 20, nonce)


@point("async-scales")
def test_async_overlaps_beyond_any_pool(client, expect, upstream, nonce):
    check_route(client, expect, upstream, "/async", "fetch_async", nonce)
    check_many(client, expect, upstream, upstream.slow, "/async", 200, nonce)


@point("offload")
def test_legacy_overlaps(app, client, expect, upstream, nonce):
    check_route(client, expect, upstream, "/legacy", "fetch_sync", nonce)
    check_many(client, expect, upstream, upstream.sync, "/legacy", 4, nonce)


@point("offload")
def test_legacy_is_a_coroutine(app, client, expect, upstream, nonce):
    check_route(client, expect, upstream, "/legacy", "fetch_sync", nonce)
    found = [route for route in app.routes() if route["path"].startswith("/legacy/") and "GET" in route["methods"]]
    expect.that(
        any(route["is_coroutine"] for route in found),
        "The handler of GET /legacy/{key} should be an async def.",
        expected="async def",
        got=f"def {found[0]['endpoint']}" if found else "no such route",
    )


@point("overlap")
def test_both_fetches_are_under_way_together(client, expect, upstream, nonce):
    for last in (0, 1):
        keys = nonce.tokens(2)
        path = "/both/" + "/".join(keys)
        with ThreadPoolExecutor(1) as pool, upstream.slow.hold():
            waiting = pool.submit(client.get, path, **LONG)
            calls = wait_calls(upstream.slow, waiting)
            seen = [call.args[0] for call in calls]
            missing = [key for key in keys if key not in seen]
            expect.that(
                not missing,
                "Both fetches of GET /both/{a}/{b} should be under way before either has ended.",
                expected=f"upstream.fetch_async for {keys[0]} and for {keys[1]} at the same time",
                got=f"only {seen[0]} is being fetched" if len(seen) == 1 else f"upstream.fetch_async got {seen or 'no call'}",
                reply=waiting.result() if waiting.done() else None,
            )
            # The results arrive in either order; the answer keeps its own.
            for call in sorted(calls, key=lambda call: call.args[0] == keys[last]):
                call.answer(upstream.value(call.args[0]))
            upstream.slow.release()
            expect.json(
                waiting.result(),
                {"a": upstream.value(keys[0]), "b": upstream.value(keys[1])},
                "GET /both/{a}/{b} should answer the result for a under a, and the one for b under b.",
            )


def wait_calls(twin, waiting):
    """Return the calls that wait: two, or as many as there are when no more come or the request has ended."""
    for _round in range(30):
        with contextlib.suppress(NotInFlight):
            return twin.wait_in_flight(2, seconds=0.1)
        if waiting.done():
            break
    return twin.wait_in_flight(0)


def read_marks(inspector, number):
    """Return the pids that ran crunch(number), and the server's pid once it has let them go."""
    started, server = [], []
    for path in inspector.files():
        found = re.fullmatch(rf"crunch-{number}\.(\d+)\.(started|server)", path)
        if found:
            (started if found[2] == "started" else server).append(int(found[1]))
    return started, server


def work_out(number):
    """What upstream.crunch gives for this number."""
    for _round in range(5000):
        number = (number * 69_069 + 1_234_567) % 2**31
    return number


@point("cpu-elsewhere")
def test_crunch_runs_in_another_process(app, client, expect, nonce):
    number = nonce.number()
    path = f"/cpu/{number}"
    with app.inspect() as inspector, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.get, path, **LONG)
        try:
            until = time.monotonic() + 12
            while not (started := read_marks(inspector, number)[0]) and not waiting.done() and time.monotonic() < until:
                time.sleep(0.02)
            expect.that(
                started,
                f"GET {path} should run upstream.crunch({number}).",
                expected=f"a call of upstream.crunch({number})",
                got=f"GET {path} answered without one" if waiting.done() else "no call within 12 s",
                reply=waiting.result() if waiting.done() else None,
            )
            check_ping(client, expect, "While upstream.crunch is at work, GET /ping should answer.")
            expect.that(
                not waiting.done(),
                f"GET {path} should answer when upstream.crunch has ended, not before.",
                expected="no answer yet",
                got="an answer while crunch was still at work",
                reply=waiting.result() if waiting.done() else None,
            )
        finally:
            # The twin's crunch goes on until the server's process has been told to let it go.
            if not waiting.done():
                app.signal(signal.SIGUSR2)
        reply = waiting.result()
        _started, server = read_marks(inspector, number)
    expect.that(
        not set(server) & set(started),
        "upstream.crunch should run in another process than the server.",
        expected="a pid other than the server's",
        got=f"pid {started[0]}, which is the server's own",
        reply=reply,
    )
    expect.json(
        reply,
        {"value": work_out(number), "pid": started[0]},
        f"GET {path} should answer what upstream.crunch({number}) returned, unchanged.",
    )
    text = nonce(5)
    expect.status(client.get(f"/cpu/{text}"), 422, f"GET /cpu/{text} should be FastAPI's 422, because n is an integer.")

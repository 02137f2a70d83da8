"""The hidden suite of 29-lifespan-health.

A test about the life of the resources starts the app anew, so that it sees all of it. That one step waits for another is
proved by the order of events: an answer comes late, and what must wait for it has not been asked for before.
"""

import signal
import time
from concurrent.futures import ThreadPoolExecutor

from gradewright.suite import point
from gradewright.suite.waiting import wait_until

#: Seconds that open and close take where their order matters.
MOMENT = 0.08
#: The seconds that the brief gives a readiness check, and what a busy machine may add.
READY = 1.0 + 0.25
HEALTHY = 'GET /health/ready should be 200 with "ok" twice when both pings succeed.'
FAST = "GET /health/ready should be 503 within 1 second"
OPENING = ["pool.open", "pool.opened", "cache.open", "cache.opened"]
CLOSING = ["cache.close", "cache.closed", "pool.close", "pool.closed"]


def check_opening(world):
    world.check_steps(
        OPENING,
        world.steps("open", "opened"),
        "At its start, before it serves, the app should open one pool, and when that is open one cache.",
    )


@point("opened-once")
def test_both_are_opened_once_for_all_requests(client, world, expect):
    world.delay = MOMENT
    world.start()
    check_opening(world)
    world.delay = 0.0
    opened = world.seen("open")[0][2]
    made = world.steps("new")
    expect.that(
        sorted(made) == ["cache.new", "pool.new"],
        "At its start the app should make one Pool and one Cache.",
        expected="Pool made, Cache made",
        got=world.told(made),
    )
    before = len(world.events)
    with ThreadPoolExecutor(5) as pool:
        replies = list(pool.map(lambda _number: client.get("/pool"), range(50)))
    for reply in replies:
        expect.keys(reply, {"id": opened}, "GET /pool should show the id of the pool that was opened at the start, every time.")
    for path in ("/health/live", "/health/ready"):
        # What these answer is another point's matter.
        client.get(path)
    world.check_steps(
        [],
        world.steps("new", "open", "close", since=before),
        "Requests should share the pool and the cache of the start: nothing is made, opened or closed for them.",
        reply=replies[-1],
    )


@point("opened-once")
def test_every_lifespan_has_its_own(client, world, expect):
    world.start(app="gradewright_lifespans:app")
    phases = [event[0] for event in world.events]
    imported = phases.index("imported")
    world.check_steps(
        [],
        [f"{kind}.{what}" for what, kind, _number in world.events[:imported]],
        "Importing app.py should make and open nothing: nobody closes what an import has opened.",
    )
    expect.that(
        not world.warned,
        "The app should use a lifespan, not the deprecated startup and shutdown events.",
        expected="no startup or shutdown event handlers",
        got="; ".join(world.warned),
    )
    again = phases.index("again")
    first = {number for what, _kind, number in world.events[:again] if what == "open"}
    second = [number for what, _kind, number in world.events[again:] if what == "open"]
    expect.that(
        len(first) == len(second) == 2 and not first & set(second),
        "When the app's lifespan begins again, it should open a new pool and a new cache.",
        expected="two resources opened in each lifespan, four in all",
        got=f"{len(first)} in the first lifespan, {len(second)} in the second, {len(first | set(second))} in all",
    )
    reply = client.get("/pool")
    expect.keys(reply, {"id": second[0]}, "GET /pool should show the id of the pool that is open now, not of an earlier one.")


def stop(app, world, expect):
    """Let the app end as a supervisor does; return how it did."""
    # What no lifespan has opened need not be closed: this point, too, is for an app that opens both.
    world.check_steps(["pool.open", "cache.open"], world.steps("open"), "The app should open a pool and a cache at its start.")
    world.check_steps([], world.steps("close"), "Before SIGTERM nothing should be closed.")
    app.signal(signal.SIGTERM)
    ended = app.wait_exit()
    expect.that(
        ended is not None,
        "After SIGTERM the app's process should end.",
        expected="a process that has ended after 5 seconds",
        got=f"a process that still runs, after {world.told(world.steps('close', 'closed'))}",
    )
    return ended


@point("closed-in-reverse")
def test_sigterm_closes_the_cache_and_then_the_pool(app, world, expect):
    world.delay = MOMENT
    world.start()
    ended = stop(app, world, expect)
    world.check_steps(
        CLOSING,
        world.steps("close", "closed"),
        "After SIGTERM the app should close the cache, and when that is closed the pool.",
    )
    opened = {number for _what, _kind, number in world.seen("opened")}
    closed = {number for _what, _kind, number in world.seen("closed")}
    expect.that(opened == closed, "What was opened should be what is closed.", expected="the same ids", got="other ids")
    # uvicorn ends itself with the signal that it got, once everything is closed.
    expect.that(
        ended in ({"code": 0}, {"signal": int(signal.SIGTERM)}),
        "After SIGTERM the app should end well.",
        expected="exit code 0",
        got=ended,
    )


@point("closed-in-reverse")
def test_the_pool_is_closed_even_if_the_cache_cannot_be(app, world, expect):
    world.failing.add("cache.close")
    world.start()
    stop(app, world, expect)
    world.check_steps(
        ["cache.close", "pool.close", "pool.closed"],
        world.steps("close", "closed"),
        "When cache.close() raises, the pool should be closed all the same.",
    )


@point("failed-start")
def test_a_cache_that_fails_ends_the_app(client, world, expect):
    world.failing.add("cache.open")
    world.delay = MOMENT
    ended = world.start_fails("When cache.open() raises, the app should not serve: its process should end.")
    world.check_steps(
        OPENING[:3],
        world.steps("open", "opened"),
        "The app should open the pool, and when that is open try to open the cache.",
    )
    world.check_steps(
        ["pool.close", "pool.closed"],
        [step for step in world.steps("close", "closed") if step.startswith("pool")],
        "When cache.open() raises, the pool, which is open by then, should be closed.",
    )
    check_ending(ended, "cache", expect)

    world.failing.clear()
    world.delay = 0.0
    world.start()
    expect.status(client.get("/pool"), 200, "When both can be opened, the app should serve.")


@point("failed-start")
def test_a_pool_that_fails_ends_the_app(world, expect):
    world.failing.add("pool.open")
    ended = world.start_fails("When pool.open() raises, the app should not serve: its process should end.")
    world.check_steps(["pool.open"], world.steps("open"), "When pool.open() raises, the cache should not be opened any more.")
    check_ending(ended, "pool", expect)


def check_ending(ended, kind, expect):
    because = f"When {kind}.open() raises, the process should tell its supervisor by its exit code."
    expect.that(ended is not None, because, expected="a process that has ended", got="a process that still runs")
    expect.that(ended != {"code": 0}, because, expected="an exit code other than 0", got=ended)


@point("liveness")
def test_liveness_asks_nobody(world, expect, nonce):
    pings = {"pool.ping", "cache.ping"}
    for failing, hanging in nonce.sample([(set(), set()), (pings, set()), (set(), pings)], 3):
        world.failing, world.hanging = failing, hanging
        before = len(world.events)
        how = "fail" if failing else "hang" if hanging else "succeed"
        because = f'GET /health/live should be 200 with {{"status": "alive"}}, here while pings {how}.'
        reply = world.get("/health/live", because, expected="status 200")
        expect.keys(reply, {"status": "alive"}, because)
        world.check_steps(
            [],
            world.steps("new", "open", "close", "ping", since=before),
            "GET /health/live should touch neither the pool nor the cache.",
            reply=reply,
        )


@point("readiness")
def test_readiness_tells_how_both_are(world, nonce):
    # The resource that is well answers a moment after the other one has failed.
    world.delay = 0.06
    world.check_ready(HEALTHY)
    for down in nonce.sample([{"pool.ping"}, {"cache.ping"}, {"pool.ping", "cache.ping"}], 3):
        world.failing = down
        names = " and ".join(sorted(down))
        world.check_ready(
            f'GET /health/ready should be 503 with "fail" for what is down, and only for that: here {names}() raises.'
        )
        world.failing = set()
        world.check_ready("When the pings succeed again, GET /health/ready should be 200 again.")


@point("readiness")
def test_requests_at_once_ask_each_for_itself(client, world, expect):
    with ThreadPoolExecutor(2) as pool, world.pings.hold():
        waiting = [pool.submit(client.get, "/health/ready")]
        wait_until(lambda: world.pings.calls or waiting[0].done())
        waiting.append(pool.submit(client.get, "/health/ready"))
        # Shorter than the time that a ping may take. Who asks one after the other may go on when it is over.
        wait_until(lambda: max(world.pinged().values()) > 1, 0.2)
    reply = [future.result() for future in waiting][-1]
    found = world.pinged()
    expect.that(
        min(found.values()) > 1,
        "Every GET /health/ready should ping the pool and the cache anew, also when it comes while another one is under way.",
        expected="2 pings of the pool and 2 of the cache for 2 requests",
        got=f"{found['pool']} of the pool, {found['cache']} of the cache",
        reply=reply,
    )


@point("ready-fast")
def test_readiness_does_not_wait_for_a_ping_that_hangs(world, expect, nonce):
    world.check_ready(HEALTHY)
    for hanging in nonce.sample(("pool.ping", "cache.ping"), 2):
        world.hanging = {hanging}
        check_in_time(world, expect, f'{FAST}, with "fail" for what hangs and only for that: here {hanging}().')
    world.hanging = set()
    world.check_ready("When the pings answer again, GET /health/ready should be 200 again.")


@point("ready-fast")
def test_others_are_answered_while_both_hang(client, world, expect):
    world.check_ready(HEALTHY)
    world.hanging = {"pool.ping", "cache.ping"}

    def ready():
        reply = check_in_time(world, expect, f'{FAST}, with "fail" twice, when both pings hang.')
        return reply, time.monotonic()

    for _attempt in range(3):
        before = len(world.events)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(ready)
            while not world.steps("ping", since=before) and not waiting.done():
                time.sleep(0.005)
            reply = client.get("/pool", extensions={"limit": 4.0})
            answered = time.monotonic()
            _ready, over = waiting.result()
        # An app that was blocked sends both answers at the same time.
        early = answered < over - 0.05
        if early:
            break
    expect.status(reply, 200, "GET /pool should be 200.")
    expect.that(
        early,
        "While GET /health/ready waits for a ping that hangs, other requests should be answered.",
        expected="GET /pool answered before GET /health/ready",
        got="no answer to GET /pool until GET /health/ready had given up",
        reply=reply,
    )


def check_in_time(world, expect, because):
    """Readiness is what it should be, in time. A busy machine may be late once."""
    for _attempt in range(2):
        reply, seconds = world.check_ready(because)
        if seconds <= READY:
            break
    expect.that(seconds <= READY, because, expected="an answer within 1 second", got=f"{seconds:.2f} seconds", reply=reply)
    return reply

"""The hidden suite of 39-performance, first part: slow, hanging and dead upstreams, and the connections to them."""

import signal
from concurrent.futures import ThreadPoolExecutor

from gradewright.suite import point

#: Nobody listens there.
DEAD = "http://127.0.0.1:9"
#: A call that is slow and must not be given up.
SLOW = 0.45
#: Calls that begin less than this after one another do not wait for one another's second.
AT_ONCE = 0.9
#: Seconds after which every call has been given up.
GIVEN_UP = 1.2
#: The most calls that hang at a time.
HANGING = 10
CONNECTIONS = 5


@point("timeouts")
def test_what_hangs_is_given_up_and_holds_up_nothing_else(app, source, expect, nonce):
    app.restart()
    hangs, drips, slow = (source.user() for _user in range(3))
    ids = nonce.tokens(4)
    late, slowly = ids[nonce.randint(0, 3)], nonce()
    source.hung |= {hangs, "/rates", f"/item/{late}"}
    source.dripping |= {drips, f"/item/{slowly}"}
    source.delays[slow] = SLOW
    asked = {
        "GET /rates, with an upstream that hangs,": ("/rates", None),
        "GET /me, with an upstream that hangs,": ("/me", hangs),
        "GET /me, with an upstream whose body comes in pieces, for longer than a second in all,": ("/me", drips),
        "GET /batch, with an upstream that hangs for one of four items,": (f"/batch?ids={','.join(ids)}", None),
        "GET /batch, with an upstream whose body comes in pieces,": (f"/batch?ids={slowly}", None),
    }
    with ThreadPoolExecutor(len(asked) + 1) as pool:
        waiting = {what: pool.submit(source.gives_up, *asked[what]) for what in nonce.sample(list(asked), len(asked))}
        fine = pool.submit(source.get, "/me", slow)
        keys = ["/rates", hangs, drips, slow, f"/item/{late}", f"/item/{slowly}"]
        asked_all = source.wait_calls(keys)
        answered, pinged = source.ping()
        if not answered:
            # Nothing else is looked at then, and each of the six would take its time.
            source.released.set()
            app.stop()
        replies = {what: future.result() for what, future in waiting.items() if answered}
        slow_reply = fine.result() if answered else None
    source.released.set()
    because = "GET /ping should answer while calls to the upstream hang: what blocks should not run on the event loop."
    expect.that(answered, because, expected='{"pong":true}', got="no answer", reply=pinged)
    expect.json(pinged, {"pong": True}, because)
    for what, reply in replies.items():
        because = f"{what} should answer 504 within 2 seconds: a call may take 1 second, with all of its body."
        expect.that(reply is not None, because, expected="status 504 within 2 seconds", got="no answer after 2.8 seconds")
        expect.status(reply, 504, because)
    because = "Six requests at once should make their calls to the upstream at once, also when these hang."
    got = f"{source.spread(keys):.2f} seconds between the first and the last of six" if asked_all else "fewer than six calls"
    expect.that(asked_all and source.spread(keys) < AT_ONCE, because, expected="all of them within a moment", got=got)
    because = f"GET /me should wait for a call that takes {SLOW} seconds: it may take 1 second."
    expect.json(slow_reply, source.last(slow), because)
    for what in (hangs, drips, slow, "/rates"):
        expect.that(source.calls(what) == 1, "A call should not be tried again.", expected="1 call", got=source.calls(what))
    source.hung.clear()
    source.dripping.clear()
    for path in ("/me", "/rates"):
        expect.status(source.get(path, hangs), 200, f"GET {path} should answer 200 again when the upstream does.")


@point("timeouts")
def test_an_upstream_that_fails_is_a_502(app, source, client, expect, nonce, upstream):
    app.restart()
    # Failures are not kept: what a route keeps by mistake is another point's matter.
    held = [source.user() for _call in range(HANGING)]
    source.failing |= dict.fromkeys((*held, "/rates"), 500)
    with ThreadPoolExecutor(HANGING + 1) as pool, upstream.hold():
        waiting = [pool.submit(source.get, "/me", user) for user in held]
        came = source.wait_calls(held, GIVEN_UP)
        waiting.append(pool.submit(source.get, "/rates"))
        if came:
            source.wait_calls(["/rates"], GIVEN_UP)
        upstream.release()
        replies = [future.result() for future in waiting]
    for reply in replies:
        because = (
            "While ten calls for GET /me hang, GET /rates should make its call at once. Here the upstream answers all eleven "
            "with 500 as soon as that call is there, so that no call takes 1 second and each answer is 502."
        )
        expect.status(reply, 502, because)
    user, ids = source.user(), nonce.tokens(3)
    broken = f"/item/{nonce.choice(ids)}"
    asked = {user: "/me", "/rates": "/rates", broken: f"/batch?ids={','.join(ids)}"}
    statuses = [nonce.choice(some) for some in ((201, 202, 203, 206), (400, 401, 403, 404, 429), (500, 503))]
    for key, path in asked.items():
        source.forget(key)
        source.failing[key] = statuses.pop(nonce.randrange(len(statuses)))
        because = f"GET {path.partition('?')[0]} should answer 502 when the upstream's status is {source.failing[key]}."
        reply = source.get(path, user)
        expect.status(reply, 502, because)
        because = "A call that failed should not be tried again."
        expect.that(source.calls(key) == 1, because, expected="1 call", got=f"{source.calls(key)} calls", reply=reply)
    source.failing.clear()
    for key, path in asked.items():
        source.forget(key)
        source.cut.add(key)
        reply = source.get(path, user)
        because = "A call should not be tried again when the upstream closes its connection without an answer."
        expect.that(source.calls(key) == 1, because, expected="1 call", got=f"{source.calls(key)} calls", reply=reply)
    source.cut.clear()
    for path in asked.values():
        because = f"GET {path.partition('?')[0]} should answer 200 again when the upstream does."
        expect.status(source.get(path, user), 200, because)
    app.restart(env={"UPSTREAM_URL": DEAD})
    for path in ("/me", "/rates", f"/batch?ids={nonce()}", f"/batch?ids={','.join(ids)}"):
        because = f"GET {path.partition('?')[0]} should answer 502 when nobody listens at UPSTREAM_URL."
        expect.status(source.get(path, user), 502, because)
    expect.json(client.get("/ping"), {"pong": True}, "GET /ping should answer whether there is an upstream or not.")


@point("pooled-client")
def test_calls_share_connections_which_are_closed_at_the_end(app, source, upstream, expect, nonce):
    twin = app.serve("lifespan.ended", lambda _call: None)
    app.restart(app="gradewright_shutdown:app")
    for number in range(60):
        if number % 4 == 3:
            # What these answer is another point's matter.
            source.get(f"/batch?ids={nonce()}")
        else:
            expect.status(source.get("/me", source.user()), 200, "GET /me should be 200.")
    because = "GET /me and GET /batch should call the upstream."
    expect.that(len(upstream.requests) > 10, because, expected="60 calls", got=f"{len(upstream.requests)} calls")
    used = len({request.connection for request in upstream.requests})
    expect.that(
        used <= CONNECTIONS,
        "Sixty requests one after the other should share a few connections to the upstream: opening one takes time.",
        expected=f"at most {CONNECTIONS} connections",
        got=f"{used} connections for {len(upstream.requests)} calls",
    )
    with twin.hold():
        app.signal(signal.SIGTERM)
        twin.wait_in_flight(1)
        closed = upstream.wait_closed(1.5)
        still = upstream.connections
        twin.release()
    expect.that(
        closed,
        "When its lifespan's shutdown is complete, the app should have closed its connections to the upstream.",
        expected="no open connection",
        got=f"{still} open",
    )

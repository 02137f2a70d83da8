"""The hidden suite of 23-middleware.

Nothing here waits for a clock of the app: the routes answer when the grader lets them, so how long a request took is known.
"""

import re
import time
from concurrent.futures import ThreadPoolExecutor

from gradewright.suite import point

#: A UUID, with or without hyphens.
UUID = r"[0-9a-fA-F]{8}(-?)[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{12}"
#: Seconds by which a duration may be off: it may be rounded to hundredths.
SLACK = 0.01


def asks(request_id):
    """Return the headers of a request with this id."""
    return {"X-Request-ID": request_id}


def some_requests(nonce):
    """Return (method, path, query, status) of requests that end in every way but a crash, in random order."""
    missing = f"/{nonce()}"
    found = [
        ("GET", "/ok", {}, 200),
        ("GET", "/ok", {"n": nonce.number()}, 200),
        ("GET", "/log", {}, 200),
        ("GET", "/stream", {}, 200),
        ("GET", "/openapi.json", {}, 200),
        ("GET", missing, {}, 404),
        ("POST", missing, {}, 404),
        (nonce.choice(("POST", "PUT", "DELETE")), "/ok", {}, 405),
        ("GET", "/ok", {"n": nonce()}, 422),
    ]
    return nonce.sample(found, len(found))


@point("wraps-all")
def test_every_response_has_the_headers(client, routes, seconds, has_id, no_sniffing, expect, nonce):
    for method, path, query, status in some_requests(nonce):
        reply = client.request(method, path, params=query)
        asked = f"{method} {reply.request.url.raw_path.decode()}"
        expect.status(reply, status, f"{asked} should still be {status}.")
        for check in (seconds, has_id, no_sniffing):
            check(reply, f"{asked}, a {status},")


@point("wraps-all")
def test_responses_are_otherwise_unchanged(client, routes, seconds, has_id, no_sniffing, expect, nonce):
    number = nonce.number()
    reply = client.get("/ok", params={"n": number})
    for check in (seconds, has_id, no_sniffing):
        check(reply, f"GET /ok?n={number}")
    expect.json(reply, {"ok": True, "n": number}, "GET /ok should still answer what its route returned.")
    reply = client.get("/stream")
    expect.equal("".join(routes.lines), reply.text, "GET /stream should still send both of its lines.", reply=reply)
    reply = client.get("/ok", params={"n": nonce()})
    expect.error_at(reply, "query", "n", because="An n that is not an integer should still be FastAPI's own 422.")
    reply = client.get(f"/{nonce()}")
    expect.json(reply, {"detail": "Not Found"}, "An unknown path should still be FastAPI's own 404.", status=404)


@point("wraps-all")
def test_what_is_no_request_passes_through(client, routes, expect):
    reply = client.get("/ok")
    # Nothing of this is the lifespan's doing if the app was not asked at all.
    expect.status(reply, 200, "GET /ok should answer 200.")
    expect.that(
        routes.ok.calls[0].args[0] is True,
        "The app's lifespan should run: what is no request, such as lifespan, passes through middleware as it is.",
        expected="a lifespan that was started before the first request",
        got="requests, and no lifespan",
        reply=reply,
    )


@point("timing")
def test_time_until_the_response_starts(client, routes, log, seconds, expect, nonce):
    # Twice: a start that was taken long ago shows by the second request at the latest, and no constant fits both.
    waits = nonce.sample((nonce.uniform(0.1, 0.15), nonce.uniform(0.25, 0.35)), 2)
    for (path, twin), wait in zip(nonce.sample((("/ok", routes.ok), ("/log", routes.log)), 2), waits, strict=True):
        request_id = routes.request_id()
        with ThreadPoolExecutor(1) as pool, twin.hold():
            sent = time.monotonic()
            waiting = pool.submit(client.get, path, headers=asks(request_id))
            (call,) = twin.wait_in_flight(1)
            time.sleep(wait)
            least = time.monotonic() - call.at
            twin.release()
            reply = waiting.result()
            most = time.monotonic() - sent
        value = seconds(reply, f"GET {path}")
        expect.that(
            least - SLACK <= value <= most + SLACK,
            f"X-Process-Time should be the seconds that GET {path} took: its handler alone waited {least:.3f} s, "
            f"and the client had the whole answer after {most:.3f} s.",
            expected=f"between {least:.3f} and {most:.3f} seconds",
            got=f"{value} seconds",
            reply=reply,
        )
        # Whether there is such a line is the matter of id-in-logs.
        log.wait(lambda request_id=request_id: log.accesses(request_id), seconds=0.5)
        for line in log.accesses(request_id):
            expect.that(
                type(line["duration_ms"]) in (int, float)
                and (least - SLACK) * 1000 <= line["duration_ms"] <= (most + SLACK) * 1000,
                f"duration_ms in the log should be the milliseconds that GET {path} took.",
                expected=f"between {least * 1000:.0f} and {most * 1000:.0f} milliseconds",
                got=line,
                reply=reply,
            )


@point("request-id")
def test_a_good_id_is_kept(client, routes, expect, nonce):
    good = [routes.request_id() for _number in range(4)]
    good += [(routes.request_id() * 4)[:64], nonce(1), nonce(2).upper(), str(nonce.number()), f"-{nonce()}-"]
    good += [f"{nonce.getrandbits(128):032x}", f"{nonce()}-{nonce().upper()}"]
    for request_id in good:
        reply = client.get("/ok", headers=asks(request_id))
        expect.status(reply, 200, "An id, good or bad, should not change the answer.")
        got = reply.headers.get("X-Request-ID")
        expect.that(
            got == request_id,
            f"An id of {len(request_id)} letters, digits and hyphens should come back in X-Request-ID as it was sent: "
            "it belongs to a chain of systems.",
            expected=f"X-Request-ID: {request_id}",
            got=f"X-Request-ID: {got}" if got is not None else "no header X-Request-ID",
            reply=reply,
        )


@point("request-id")
def test_a_bad_id_is_replaced(client, routes, expect, nonce):
    good = routes.request_id()
    reply = client.get("/ok", headers=asks(good))
    expect.equal(good, reply.headers.get("X-Request-ID"), "A good id should come back in X-Request-ID.", reply=reply)
    bad = [(routes.request_id() * 4)[:65], routes.request_id() * 8, "", f"{nonce()} {nonce()}", f"{nonce()}\t{nonce()}"]
    bad += [f"{nonce()}{sign}{nonce()}" for sign in "_.,:;/+=%\"'<>{}[]\\$*?"]
    bad += [f"{nonce()}é", f"ß{nonce()}", f"{nonce()}²", f'<script>{nonce()}</script>", "x": "']
    seen = set()
    for request_id in nonce.sample(bad, len(bad)):
        # Bytes, since not all of these are ASCII.
        reply = client.get("/ok", headers=[(b"X-Request-ID", request_id.encode("latin-1"))])
        what = "too long" if request_id.isascii() and len(request_id) > 64 else "empty" if not request_id else "not allowed"
        new(reply, seen, expect, f"An id that is {what} should be replaced by a new UUID: it would end up in logs and headers.")


@point("request-id")
def test_without_an_id_each_request_gets_one(client, routes, expect, nonce):
    seen = set()
    for path in nonce.sample(("/ok", "/ok", "/ok", "/log", "/log"), 5):
        new(
            client.get(path),
            seen,
            expect,
            f"GET {path} without X-Request-ID should get a new UUID, which no request had before.",
        )


def new(reply, seen, expect, because):
    """The reply has a UUID that was not there before."""
    expect.status(reply, 200, "An id, good or bad, should not change the answer.")
    got = reply.headers.get("X-Request-ID")
    expect.that(
        got is not None and re.fullmatch(UUID, got) and got not in seen,
        because,
        expected="X-Request-ID: <a new UUID>",
        got=f"X-Request-ID: {got}" if got is not None else "no header X-Request-ID",
        reply=reply,
    )
    seen.add(got)


@point("id-on-500")
def test_a_crash_has_an_id_and_a_line(client, routes, has_id, logged, expect, nonce):
    ids = [routes.request_id(), None, routes.request_id()]
    for request_id in nonce.sample(ids, 3):
        reply = client.get("/boom", headers=asks(request_id) if request_id else {})
        expect.status(reply, 500, "GET /boom should be 500.")
        got = has_id(reply, "GET /boom, a 500,")
        if request_id is None:
            expect.that(
                re.fullmatch(UUID, got),
                "GET /boom without X-Request-ID should get a new UUID.",
                expected="X-Request-ID: <a new UUID>",
                got=f"X-Request-ID: {got}",
                reply=reply,
            )
        else:
            expect.equal(request_id, got, "The 500 of GET /boom should have the id of its request.", reply=reply)
        logged(reply, got, "GET", "/boom", 500)
        _builtin, kind, secret = routes.surprise.arguments
        for hidden, what in ((secret, "text"), (kind, "type"), ("Traceback", "traceback")):
            expect.that(
                hidden not in reply.text and hidden not in str(reply.headers),
                f"The 500 of GET /boom should not show the exception's {what}.",
                expected=f"an answer without {hidden}",
                got=reply.text,
                reply=reply,
            )
        reply = client.get("/ok", headers=asks(routes.request_id()))
        expect.json(reply, {"ok": True, "n": 0}, "After a crash, GET /ok should answer as before.")


@point("id-on-500")
def test_a_crash_has_all_the_headers(client, routes, has_id, seconds, no_sniffing, expect):
    usual = client.get("/ok")
    reply = client.get("/boom")
    expect.status(reply, 500, "GET /boom should be 500.")
    has_id(reply, "GET /boom, a 500,")
    # A header that no response has is the matter of wraps-all.
    for name, check in (("X-Process-Time", seconds), ("X-Content-Type-Options", no_sniffing)):
        if name in usual.headers:
            check(reply, "GET /boom, a 500,")


@point("id-in-logs")
def test_parallel_lines_have_their_own_ids(client, routes, gather, noted, logged, expect):
    ids = [routes.request_id() for _number in range(30)]
    with ThreadPoolExecutor(len(ids)) as pool, routes.log.hold():
        waiting = [pool.submit(client.get, "/log", headers=asks(rid), extensions={"limit": 15}) for rid in ids]
        # All of them are inside their handlers now, unless something keeps them apart; that is the matter of stays-light.
        gather(routes.log, len(ids))
        routes.log.release()
        replies = [future.result() for future in waiting]
    for request_id, reply in zip(ids, replies, strict=True):
        text = expect.keys(reply, {}, "GET /log should still answer what its route returned.").get("noted")
        noted(reply, text, request_id)
        logged(reply, request_id, "GET", "/log", 200)


@point("id-in-logs")
def test_one_line_a_request(client, routes, logged, expect, nonce):
    for method, path, query, status in some_requests(nonce):
        request_id = routes.request_id()
        reply = client.request(method, path, params=query, headers=asks(request_id))
        expect.status(reply, status, f"{method} {path} should still be {status}.")
        logged(reply, request_id, method, path, status)
    reply = client.get("/ok")
    request_id = reply.headers.get("X-Request-ID")
    expect.that(request_id, "GET /ok without an id should get one.", got="no header X-Request-ID", reply=reply)
    logged(reply, request_id, "GET", "/ok", 200)


@point("id-in-logs")
def test_no_headers_and_no_query_in_the_log(client, routes, log, logged, expect, nonce):
    secrets = dict(zip(("Authorization", "Cookie", "X-Api-Key", "User-Agent", "Referer"), nonce.tokens(5, 20), strict=True))
    headers = {name: f"session={value}" if name == "Cookie" else value for name, value in secrets.items()}
    asked = [("/ok", {"token": nonce(20)}, 200), ("/log", {"q": nonce(20)}, 200), ("/ok", {"n": nonce(20)}, 422)]
    asked += [(f"/{nonce()}", {"password": nonce(20)}, 404), ("/boom", {"token": nonce(20)}, 500)]
    for path, query, status in nonce.sample(asked, len(asked)):
        request_id = routes.request_id()
        reply = client.get(path, params=query, headers={**headers, **asks(request_id)})
        expect.status(reply, status, f"GET {path} should still be {status}.")
        if status != 500:
            # The line of a crash is the matter of id-on-500.
            logged(reply, request_id, "GET", path, status)
        hidden = {f"the header {name}": value for name, value in secrets.items()}
        hidden |= {f"{name} in the query": value for name, value in query.items()}
        for what, value in hidden.items():
            shown = [line for line in log.text().split("\n") if value in line]
            expect.that(
                not shown,
                f"The log should not hold the value of {what}: it may be a secret, and logs travel far.",
                expected=f"a log without {value}",
                got=shown[0] if shown else None,
                reply=reply,
            )


@point("stays-light")
def test_a_stream_goes_out_as_it_comes(client, routes, has_id, answers, streams):
    # Without middleware there is nothing that could be light.
    has_id(client.get("/ok"), "GET /ok")
    streams(
        "The first line of GET /stream should arrive before its last line is there: middleware should pass a body on.",
        lambda: answers("While GET /stream is on its way, GET /ok should answer."),
    )


@point("stays-light")
def test_requests_do_not_wait_for_each_other(client, routes, has_id, answers, gather, expect, nonce):
    count = nonce.randint(20, 30)
    has_id(client.get("/ok"), "GET /ok")
    with ThreadPoolExecutor(count) as pool, routes.log.hold():
        waiting = [pool.submit(client.get, "/log", extensions={"limit": 15}) for _number in range(count)]
        seen = gather(routes.log, count)
        expect.that(
            seen == count,
            f"{count} requests to GET /log should be inside their handlers at the same time: middleware should not hold one "
            "back until another has ended.",
            expected=f"{count} requests at the same time",
            got=f"{seen} at the same time; the others had to wait for one of them to end",
        )
        answers(f"While {count} requests to GET /log wait, GET /ok should answer.")
        routes.log.release()
        for future in waiting:
            expect.status(future.result(), 200, "Each of the requests should be answered in the end.")

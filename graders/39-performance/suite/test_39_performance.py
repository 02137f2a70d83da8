"""The hidden suite of 39-performance, second part: batches, what is kept and for whom, large bodies, and numbers."""

import time
from concurrent.futures import ThreadPoolExecutor

from gradewright.suite import point

#: How many calls of a batch are under way, how long each takes, and how much longer a single one may.
AT_A_TIME, ITEM, JITTER = 10, 0.24, 0.06
#: The seconds for which rates are kept, and what is left out around their end.
KEPT, AROUND = 2.0, 0.2
RUSH = 30
MOST = 65_536
#: MiB of a body that does not fit into the memory that exercise.toml allows.
LARGE = 170
#: So many requests have percentiles, and one of them takes longer, by so many seconds.
FEW, LONGER = 9, 0.3


def item_id(nonce):
    return f"{nonce(4)}-{nonce(3).upper()}{nonce.number()}"


@point("bounded-fan-out")
def test_a_batch_goes_ten_by_ten_and_keeps_the_order(app, source, expect, nonce):
    # Calls that another test's batch has left behind would count here.
    app.restart()
    total = nonce.randint(43, 50)
    ids = [item_id(nonce) for _item in range(total - 1)]
    ids.insert(nonce.randint(1, total - 1), ids[0])
    # One that fails gives its turn back. What it is answered with is another point's matter.
    broken = nonce()
    source.failing[f"/item/{broken}"] = 500
    source.get(f"/batch?ids={broken}")
    before = source.calls()
    rounds = source.in_rounds(total, AT_A_TIME, ITEM, [nonce.uniform(0, JITTER) for _item in range(2 * total)])
    reply = source.get(f"/batch?ids={','.join(ids)}")
    source.round = None
    # Some were there together but not ten: perhaps a busy machine.
    source.starved = source.starved or rounds.broken > 1
    because = (
        f"GET /batch with {total} ids, each call of which takes a quarter of a second, should answer 200: the second that a "
        "call may take is for each, and does not begin before its turn."
    )
    expect.status(reply, 200, because)
    expect.that(
        not rounds.broken,
        "GET /batch should have ten calls to the upstream under way while there are ten or more to do, also after a batch that "
        "failed: one after the other, they take as long as all of them together.",
        expected=f"{AT_A_TIME} calls at the same time",
        got=f"{rounds.broken or rounds.peak} at the same time",
        reply=reply,
    )
    expect.that(
        rounds.peak <= AT_A_TIME,
        "GET /batch should never have more than ten calls under way: without a limit, one request is a flood for the upstream.",
        expected=f"at most {AT_A_TIME} calls at the same time",
        got=f"{rounds.peak} at the same time",
        reply=reply,
    )
    body = expect.read(reply, "GET /batch should answer JSON.")
    told = [item.get("of") if isinstance(item, dict) else item for item in body] if isinstance(body, list) else body
    because = (
        "GET /batch should answer a list with an entry for each id, in the order of the ids, twice for one that is there twice."
    )
    expect.equal([f"/item/{name}" for name in ids], told, because, reply=reply)
    for name, item in zip(ids, body, strict=True):
        because = "Each entry of GET /batch should be the JSON that the upstream gave for it."
        expect.that(
            item in source.said[f"/item/{name}"], because, expected=source.said[f"/item/{name}"][0], got=item, reply=reply
        )
    made = source.calls() - before
    expect.that(made == total, "GET /batch should make one call for each id.", expected=total, got=made, reply=reply)


@point("bounded-fan-out")
def test_a_batch_has_one_to_fifty_ids(source, expect, nonce):
    for count in nonce.sample((1, 2, 50), 3):
        # An id may be a single letter.
        ids = [item_id(nonce) for _item in range(count)] if count > 1 else [nonce(1)]
        reply = source.get(f"/batch?ids={','.join(ids)}")
        wanted = [source.last(f"/item/{name}") for name in ids]
        expect.json(reply, wanted, "GET /batch should answer 200 for 1 to 50 ids, with an entry for each.")
    before = source.calls()
    many = ",".join(item_id(nonce) for _item in range(51))
    for query, what in ((f"?ids={many}", "51 ids"), ("?ids=", "empty ids"), ("", "no ids")):
        expect.status(source.get(f"/batch{query}"), 422, f"GET /batch should be 422 with {what}.")
    expect.that(
        source.calls() == before, "A batch that is refused should call nobody.", expected=0, got=source.calls() - before
    )


@point("safe-cache")
def test_rates_are_asked_for_once_in_two_seconds(app, source, expect):
    app.restart()
    source.failing["/rates"] = 500
    source.get("/rates")
    source.failing.clear()
    calls = source.calls("/rates")
    values = []
    for when in ("at the start", f"when the last answer is older than {KEPT:.0f} seconds"):
        began = time.monotonic()
        replies = source.together(RUSH, lambda: source.get("/rates"))
        ended = time.monotonic()
        calls += 1
        values.append(source.last("/rates"))
        made = source.calls("/rates") - calls + 1
        expect.that(
            made == 1,
            f"{RUSH} requests at once for /rates, {when}, should make one call: all but the first wait for its answer.",
            expected="1 call to the upstream",
            got=f"{made} calls",
            reply=replies[0],
        )
        for reply in replies:
            expect.json(reply, values[-1], f"Each of {RUSH} requests for /rates should get what that call answered.")
        if len(values) == 1:
            time.sleep(max(0.0, began + KEPT - AROUND - 0.3 - time.monotonic()))
            reply = source.get("/rates")
            if time.monotonic() < began + KEPT - AROUND:
                because = "GET /rates should answer what it has, without a call, for 2 seconds."
                expect.json(reply, values[-1], because)
                made = source.calls("/rates") - calls
                expect.that(made == 0, because, expected="no call to the upstream", got=f"{made} calls", reply=reply)
            time.sleep(max(0.0, ended + KEPT + AROUND - time.monotonic()))


@point("safe-cache")
def test_everybody_gets_their_own(source, upstream, expect, nonce):
    users = [source.user() for _user in range(3)]
    order = nonce.sample(users * 3, 9)
    seen = []
    for user in order:
        reply = source.told("/me", user)
        seen.append(reply.json()["is"])
        source.get("/rates", user)
        source.get(f"/batch?ids={nonce()}", user)
    turns = iter(users * 4)

    def ask():
        user = next(turns)
        return user, source.get("/me", user)

    replies = source.together(12, ask)
    for user, reply in replies:
        body = expect.keys(reply, {"of": user}, "GET /me should answer what the upstream says for this caller's Authorization.")
        seen.append(body["is"])
    because = "Every GET /me should make a call of its own: nothing about a user is kept, for that user or for another one."
    expect.that(len(set(seen)) == len(seen) == 21, because, expected="21 answers", got=f"{len(set(seen))} different answers")
    others = [request for request in upstream.requests if request.path != "/me"]
    expect.that(len(others) >= 9, "GET /rates and GET /batch should call the upstream.", expected="calls", got=len(others))
    told = [request.path for request in others if request.headers.get("authorization")]
    because = "Calls for /rates and for items should have nobody's Authorization: what comes back is for others, too."
    expect.that(not told, because, expected="no Authorization", got=f"Authorization in a call to {told[0]}" if told else "")


@point("payload-cap")
def test_a_body_has_at_most_64_kib(client, expect, nonce):
    kinds = ("application/octet-stream", "image/png", f"application/x-{nonce(5)}")

    def post(size, chunked):
        body, kind = (nonce.randbytes(1009) * (size // 1009 + 1))[:size], nonce.choice(kinds)
        parts = nonce.randint(900, 30_000)
        pieces = (body[start : start + parts] for start in range(0, size, parts))
        return body, kind, client.post("/echo", content=pieces if chunked else body, headers={"content-type": kind})

    for chunked in nonce.sample((True, False), 2):
        how = "without a Content-Length" if chunked else "with a Content-Length"
        for size in (MOST, nonce.randint(1, 2000), MOST - 1):
            body, kind, reply = post(size, chunked)
            expect.status(reply, 200, f"POST /echo should be 200 for a body of {size:,} bytes, {how}.")
            because = "POST /echo should give back the bytes that came, all of them and unchanged."
            expect.that(
                reply.content == body, because, expected=f"{size} bytes", got=f"{len(reply.content)} bytes", reply=reply
            )
            got = reply.headers.get("content-type", "")
            because = "POST /echo should give back the Content-Type that came."
            expect.that(got.partition(";")[0] == kind, because, expected=kind, got=got, reply=reply)
        for size in (MOST + 1, nonce.randint(2 * MOST, 9 * MOST)):
            _body, _kind, reply = post(size, chunked)
            expect.status(reply, 413, f"POST /echo should be 413 for a body of {size:,} bytes, {how}.")
    block = nonce.randbytes(1 << 10) * (1 << 10)
    reply = client.post(
        "/echo", content=(block for _part in range(LARGE)), headers={"content-type": kinds[0]}, extensions={"limit": 40}
    )
    expect.status(reply, 413, f"POST /echo should be 413 for a body of {LARGE} MiB, which is more than the app has memory for.")


@point("percentiles", first=True)
def test_percentiles_are_not_the_mean(app, source, client, expect, nonce):
    app.fresh()
    empty = {"count": 0, "p95_ms": 0, "p99_ms": 0}
    expect.keys(client.get("/metrics"), empty, "GET /metrics should be 200, with 0 three times when nothing was asked before.")
    # Of a hundred: 94 are fast, four take longer, two longer still: only the 95th and the 99th are where they should be.
    delays = [0.25] * 4 + [0.5] * 2
    users = {source.user(): delay for delay in delays}
    source.delays.update(users)

    def timed(ask):
        began = time.monotonic()
        reply = ask()
        return time.monotonic() - began, reply

    with ThreadPoolExecutor(len(users)) as pool:
        waiting = [
            pool.submit(timed, lambda user=user: source.get("/me", user)) for user in nonce.sample(list(users), len(users))
        ]
        asked = [future.result() for future in waiting]
    for _seconds, reply in asked:
        expect.status(reply, 200, "GET /me should be 200.")
    paths = ["/ping"] * 91 + [f"/{nonce()}", f"/{nonce()}", "/batch?ids="]
    asked += [timed(lambda path=path: client.get(path)) for path in nonce.sample(paths, len(paths))]
    times = sorted(seconds * 1000 for seconds, _reply in asked)
    reply = client.get("/metrics")
    body = expect.keys(reply, {}, "GET /metrics should be 200.")
    again = expect.keys(client.get("/metrics"), {}, "GET /metrics should be 200.")
    counts = [body.get("count"), again.get("count")]
    because = "GET /metrics should count all requests that were answered, whatever they were answered with."
    expect.that(counts in ([100, 100], [101, 102]), because, expected=100, got=counts[0], reply=reply)
    for name, least, most, what in (
        ("p95_ms", 250, times[96], "Of a hundred requests, four take 0.25 and two 0.5 seconds, so that p95_ms is about 250."),
        (
            "p99_ms",
            500,
            times[99],
            "Of a hundred requests, two take 0.5 seconds and none takes longer, so that p99_ms is about 500.",
        ),
    ):
        value = body.get(name)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        held = is_number and least * 0.97 <= value <= most + 5
        expect.that(held, what, expected=f"from {least} to {most:.0f}", got=value, reply=reply)


@point("percentiles")
def test_few_requests_have_percentiles_too(app, source, client, expect):
    app.restart()
    client.get("/ping")
    reply = client.get("/metrics")
    because = "After a single request, GET /metrics should count it, and its time is both percentiles."
    body = expect.keys(reply, {"count": 1}, because)
    held = all(isinstance(body.get(name), int | float) and 0 <= body[name] < 5000 for name in ("p95_ms", "p99_ms"))
    expect.that(held, because, expected="two numbers", got=body, reply=reply)
    for _number in range(FEW - 2):
        client.get("/ping")
    user = source.user()
    source.delays[user] = LONGER
    source.get("/me", user)
    reply = client.get("/metrics")
    because = (
        f"When one of {FEW} requests takes {LONGER} seconds and the others hardly any time, p95_ms and p99_ms should show it: "
        "by nearest rank both are its time, by interpolation they are half of it or more."
    )
    body = expect.keys(reply, {}, because)
    # It is half of it also when the request for /metrics is among them, and the clock may be coarse.
    least = LONGER * 1000 * 0.4
    held = all(isinstance(body.get(name), int | float) and body[name] >= least for name in ("p95_ms", "p99_ms"))
    expect.that(held, because, expected=f"two numbers above {least:.0f}", got=body, reply=reply)

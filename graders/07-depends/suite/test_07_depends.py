"""The hidden suite of 07-depends."""

from gradewright.suite import Raise, Spy, Value, point

GOOD = {"X-Token": "let-me-in"}


def runs(client, expect):
    """Return the number that /audit reports."""
    reply = client.get("/audit")
    body = expect.read(reply, "GET /audit should answer JSON.")
    count = body.get("runs") if isinstance(body, dict) else None
    expect.that(
        type(count) is int,
        'GET /audit should answer {"runs": n} with a number.',
        expected='{"runs":0}',
        got=body,
        reply=reply,
    )
    return count


@point("injected-value")
def test_override_shows_in_items(app, client, expect, nonce):
    region = nonce()
    with app.override("get_region", Value(region)):
        reply = client.get("/items")
        expect.json(
            reply,
            {"region": region, "skip": 0, "limit": 10},
            "With get_region replaced, GET /items should show what the replacement returned.",
        )


@point("injected-value")
def test_real_region(client, expect):
    reply = client.get("/items")
    expect.json(
        reply,
        {"region": "eu", "skip": 0, "limit": 10},
        "GET /items should show the region of get_region and the default paging.",
    )


@point("shared-logic")
def test_override_changes_both_lists(app, client, expect, nonce):
    page = {"skip": nonce.number(), "limit": nonce.number()}
    with app.override("paging", Value(page)):
        users = client.get("/users")
        expect.json(users, page, "With paging replaced, GET /users should show what the replacement returned.")
        items = client.get("/items")
        expect.keys(items, page, "With paging replaced, GET /items should show what the replacement returned.")


@point("shared-logic")
def test_real_paging_parses(client, expect, nonce):
    skip, limit = nonce.number(0, 100_000), nonce.randint(1, 100)
    for path in ("/users", "/items"):
        reply = client.get(path, params={"skip": skip, "limit": limit})
        expect.keys(
            reply,
            {"skip": skip, "limit": limit},
            f"GET {path} should give the skip and limit of the query back as numbers.",
        )


@point("shared-logic")
def test_real_paging_takes_its_bounds(client, expect):
    for path in ("/users", "/items"):
        for page in ({"skip": 0, "limit": 1}, {"skip": 0, "limit": 100}):
            reply = client.get(path, params=page)
            expect.keys(reply, page, f"GET {path} should take skip={page['skip']} and limit={page['limit']}.")


@point("shared-logic")
def test_real_paging_refuses(client, expect, nonce):
    bad = [
        ("skip", -1),
        ("skip", -nonce.randint(2, 1000)),
        ("limit", 0),
        ("limit", 101),
        ("limit", 101 + nonce.randint(1, 1000)),
        ("limit", nonce(4)),
    ]
    for name, value in bad:
        for path in ("/users", "/items"):
            reply = client.get(path, params={name: value})
            expect.error_at(reply, "query", name, because=f"GET {path} should refuse {name}={value} with FastAPI's 422.")


@point("runs-first")
def test_exception_stops_the_request(app, client, expect):
    before = runs(client, expect)
    with app.override("verify_token", Raise(418)):
        reply = client.get("/admin/stats", headers=GOOD)
        expect.status(reply, 418, "When verify_token raises 418, the client should get 418.")
    expect.equal(before, runs(client, expect), "The body of /admin/stats should not run when verify_token raises.")


@point("runs-first", first=True)
def test_count_starts_at_0(app, client, expect):
    app.fresh()
    reply = client.get("/audit")
    expect.json(reply, {"runs": 0}, "When the process starts, no run should have been counted.")


@point("runs-first")
def test_refused_request_is_not_counted(client, expect, nonce):
    before = runs(client, expect)
    client.get("/admin/stats", headers={"X-Token": nonce()})
    expect.equal(before, runs(client, expect), "A request with a wrong token should not count as a run.")
    reply = client.get("/admin/stats", headers=GOOD)
    expect.json(reply, {"ok": True}, "A request with the right token should reach /admin/stats.")
    expect.equal(before + 1, runs(client, expect), "A request with the right token should count as one run.")


@point("guard-only")
def test_guard_refuses_and_lets_in(client, expect, nonce):
    expect.status(client.get("/admin/stats"), 401, "Without X-Token the answer should be 401.")
    expect.status(
        client.get("/admin/stats", headers={"X-Token": nonce()}),
        401,
        "With a wrong X-Token the answer should be 401.",
    )
    reply = client.get("/admin/stats", headers=GOOD)
    expect.json(reply, {"ok": True}, "With the right X-Token the answer should be 200.")


@point("guard-only")
def test_overridden_guard_lets_all_in(app, client, expect, nonce):
    expect.status(
        client.get("/admin/stats", headers={"X-Token": nonce()}),
        401,
        "With a wrong X-Token the answer should be 401.",
    )
    with app.override("verify_token", Value(None)):
        reply = client.get("/admin/stats")
        expect.json(
            reply,
            {"ok": True},
            "With verify_token replaced by one that lets everybody in, no header should be needed.",
        )


@point("per-request")
def test_called_once_for_every_request(app, client, expect, nonce):
    count = nonce.randint(4, 8)
    values = nonce.tokens(count)
    with app.override("get_region", Spy(tuple(values))):
        shown = []
        for _number in range(count):
            reply = client.get("/items")
            body = expect.keys(reply, {}, "GET /items should answer a JSON object.")
            shown.append(body.get("region"))
    expect.equal(
        values,
        shown,
        f"{count} requests should show the values of {count} calls of get_region, in order.",
        reply=reply,
    )


@point("params-surface")
def test_parameters_are_documented(client, expect):
    reply = client.get("/openapi.json")
    document = expect.read(reply, "The OpenAPI document should be JSON.")
    for path in ("/items", "/users"):
        parameters = document["paths"][path]["get"].get("parameters", [])
        found = sorted(item["name"] for item in parameters if item.get("in") == "query")
        expect.that(
            {"skip", "limit"} <= set(found),
            f"The documentation of GET {path} should list skip and limit as query parameters.",
            expected=f"GET {path} documents limit, skip",
            got=f"GET {path} documents {', '.join(found) or 'no query parameter'}",
            reply=reply,
        )

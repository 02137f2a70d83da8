"""The hidden suite of 08-class-depends."""

from concurrent.futures import ThreadPoolExecutor

from gradewright.suite import Namespace, NotInFlight, Raise, Value, point

LISTS = ("/books", "/authors")
GUARDED = {"/reports": "pro", "/exports": "team"}
PRO = {"X-Plan": "pro"}
#: Requests that wait in slow.tick() together; as many again are answered meanwhile.
WAITING = 20


def pages(nonce, count):
    """Return `count` values for page and size, no page twice."""
    return [{"page": page, "size": nonce.randint(2, 50)} for page in nonce.sample(range(2, 100_000), count)]


def offset(page):
    return (page["page"] - 1) * page["size"]


def told(page):
    return f"page={page['page']}&size={page['size']}"


def codes(nonce, count):
    """Return `count` different error statuses that no app answers here by itself."""
    return nonce.sample((402, 409, 410, 412, 418, 423, 424, 428, 451), count)


@point("class-as-dependency")
def test_real_values_arrive(client, tick, expect, nonce):
    for path in LISTS:
        for page in pages(nonce, 2):
            reply = client.get(path, params=page)
            expect.keys(reply, page, f"GET {path}?{told(page)} should give page and size back as numbers.")


@point("class-as-dependency")
def test_replaced_paging_shows_in_both_lists(app, client, tick, expect, nonce):
    replaced, asked = pages(nonce, 2)
    shown = {**replaced, "offset": offset(replaced)}
    with app.override("Paging", Value(Namespace(**shown))):
        for path in LISTS:
            for query in (asked, {}):
                reply = client.get(path, params=query)
                expect.json(
                    reply,
                    shown,
                    f"With Paging replaced, GET {path} should show page, size and offset of the replacement, "
                    "whatever the query says.",
                )


@point("class-as-dependency")
def test_any_route_may_depend_on_the_class(probe, client, expect, nonce):
    probe()
    for page in pages(nonce, 2):
        reply = client.get("/paging", params=page)
        expect.keys(
            reply,
            page,
            "A route of the grader's own, GET /paging, depends on your class Paging: FastAPI should make its instance from "
            "the query.",
        )


@point("class-as-dependency")
def test_parameters_are_documented(client, expect):
    reply = client.get("/openapi.json")
    document = expect.read(reply, "The OpenAPI document should be JSON.")
    for path in LISTS:
        parameters = document["paths"][path]["get"].get("parameters", [])
        found = sorted(item["name"] for item in parameters if item.get("in") == "query")
        expect.that(
            {"page", "size"} <= set(found),
            f"The documentation of GET {path} should list page and size: FastAPI reads them from the class.",
            expected=f"GET {path} documents page, size",
            got=f"GET {path} documents {', '.join(found) or 'no query parameter'}",
            reply=reply,
        )


@point("computed-state")
def test_offset_follows_from_page_and_size(client, tick, expect, nonce):
    for path in LISTS:
        reply = client.get(path)
        expect.json(
            reply, {"page": 1, "size": 20, "offset": 0}, f"Without a query, GET {path} should answer with the defaults."
        )
        for page in pages(nonce, 3):
            reply = client.get(path, params=page)
            expect.json(
                reply,
                {**page, "offset": offset(page)},
                f"GET {path}?{told(page)} should have the offset ({page['page']} − 1) × {page['size']}.",
            )


@point("computed-state")
def test_bounds_hold(client, tick, expect, nonce):
    for path in LISTS:
        for size in (1, 50):
            page = {"page": 1, "size": size}
            reply = client.get(path, params=page)
            expect.keys(reply, page, f"GET {path}?{told(page)} should be allowed: pages begin at 1, sizes go from 1 to 50.")
        bad = [("page", 0), ("page", -nonce.number()), ("page", nonce(4)), ("size", 0), ("size", 51), ("size", nonce(4))]
        for name, value in nonce.sample(bad, len(bad)):
            reply = client.get(path, params={name: value})
            expect.error_at(reply, "query", name, because=f"GET {path} should refuse {name}={value} with FastAPI's 422.")


@point("computed-state")
def test_offset_belongs_to_the_class(probe, client, expect, nonce):
    probe()
    for page in pages(nonce, 2):
        reply = client.get("/paging", params=page)
        expect.json(
            reply,
            {**page, "offset": offset(page)},
            "A route of the grader's own, GET /paging, depends on your class Paging and shows the attributes page, size "
            "and offset of its instance: they should be there for any route.",
        )


@point("configured-instance")
def test_each_plan_opens_its_own_route(client, tick, expect, nonce):
    for path, plan in GUARDED.items():
        reply = client.get(path, headers={"X-Plan": plan})
        expect.json(reply, {"ok": True}, f"GET {path} should let the plan {plan} in.")
    for path, plan in GUARDED.items():
        (other,) = set(GUARDED.values()) - {plan}
        for wrong in (other, nonce(), plan + nonce(3)):
            reply = client.get(path, headers={"X-Plan": wrong})
            expect.status(reply, 403, f"GET {path} should be 403 with X-Plan: {wrong}; it is for the plan {plan} only.")
        expect.status(client.get(path), 403, f"GET {path} should be 403 without an X-Plan header.")


@point("configured-instance")
def test_the_two_checks_are_separate(app, client, expect, nonce):
    for name, path, other in (("need_pro", "/reports", "/exports"), ("need_team", "/exports", "/reports")):
        (code,) = codes(nonce, 1)
        with app.override(name, Raise(code)):
            reply = client.get(path, headers={"X-Plan": GUARDED[path]})
            expect.status(reply, code, f"When {name} raises {code}, GET {path} should be {code}: it depends on {name}.")
            reply = client.get(other, headers={"X-Plan": GUARDED[other]})
            expect.json(reply, {"ok": True}, f"When {name} raises {code}, GET {other} should not notice: it has its own check.")
    for name, path in (("need_pro", "/reports"), ("need_team", "/exports")):
        with app.override(name, Value(None)):
            reply = client.get(path, headers={"X-Plan": nonce()})
            expect.json(reply, {"ok": True}, f"With {name} replaced by one that lets everybody in, GET {path} should be 200.")


@point("configured-instance")
def test_the_plan_is_a_setting(probe, client, expect, nonce):
    plans = nonce.tokens(2)
    probe(*plans)
    for number, plan in enumerate(plans):
        (other,) = set(plans) - {plan}
        guard = f'A route of the grader\'s own, GET /plan/{number}, is guarded by PlanChecker("{plan}")'
        reply = client.get(f"/plan/{number}", headers={"X-Plan": plan})
        expect.json(reply, {"ok": True}, f"{guard}: it should let this plan in.")
        for headers in ({"X-Plan": other}, PRO, {}):
            shown = f"X-Plan: {headers['X-Plan']}" if headers else "no X-Plan header"
            reply = client.get(f"/plan/{number}", headers=headers)
            expect.status(reply, 403, f"{guard}: with {shown} it should be 403.")


def read_hits(client, expect):
    """Return the number that /hits reports, and the reply."""
    reply = client.get("/hits")
    body = expect.keys(reply, {}, 'GET /hits should answer {"hits": n}.')
    expect.that(
        type(body.get("hits")) is int,
        'GET /hits should answer {"hits": n} with a number.',
        expected='{"hits":0}',
        got=body,
        reply=reply,
    )
    return body["hits"], reply


@point("shared-state")
def test_one_count_for_all_requests(client, expect, nonce):
    before, _reply = read_hits(client, expect)
    count = nonce.randint(3, 6)
    for number in range(count):
        reply = client.get("/reports", headers=PRO)
        expect.json(reply, {"ok": True}, "GET /reports should answer 200 to the plan pro.")
        shown, reply = read_hits(client, expect)
        expect.equal(
            before + number + 1,
            shown,
            "GET /hits should show one hit more after each GET /reports: all requests share one instance.",
            reply=reply,
        )
    client.get("/reports", headers={"X-Plan": nonce()})
    client.get("/hits")
    shown, reply = read_hits(client, expect)
    expect.equal(
        before + count,
        shown,
        "A GET /reports that was refused should not count, and neither should GET /hits.",
        reply=reply,
    )


@point("shared-state")
def test_the_count_begins_at_0(app, client, expect):
    client.get("/reports", headers=PRO)
    app.restart()
    shown, reply = read_hits(client, expect)
    expect.equal(0, shown, "When the process starts anew, GET /hits should begin at 0.", reply=reply)


@point("shared-state")
def test_an_instance_is_its_own_dependency(probe, client, expect):
    probe()
    for _time in range(2):
        reply = client.get("/count")
        expect.json(
            reply,
            {"count": 0, "itself": True},
            "A route of the grader's own, GET /count, depends on a new instance of your class Hits, and should get that "
            "very instance with the count 0.",
        )


@point("shared-state")
def test_hits_is_a_dependency_of_both_routes(app, client, expect, nonce):
    for count in (nonce.number(), nonce.number()):
        with app.override("hits", Value(Namespace(count=count))):
            reply = client.get("/hits")
            expect.json(reply, {"hits": count}, "With hits replaced, GET /hits should show the count of the replacement.")
    for path in ("/hits", "/reports"):
        (code,) = codes(nonce, 1)
        with app.override("hits", Raise(code)):
            reply = client.get(path, headers=PRO)
            expect.status(reply, code, f"When hits raises {code}, GET {path} should be {code}: it depends on hits.")


@point("no-bleed")
def test_overlapping_requests_keep_their_values(client, tick, expect, nonce):
    asked = pages(nonce, 2 * WAITING)
    alone = []
    for number, page in enumerate(asked[:WAITING]):
        reply = client.get("/authors", params=page)
        alone.append(expect.keys(reply, page, f"GET /authors?{told(page)} should give page and size back as numbers."))
        expect.that(
            len(tick.calls) > number,
            "GET /authors should await slow.tick() in each request, before it answers.",
            expected="one call of slow.tick() for each request",
            got=f"{len(tick.calls)} calls after {number + 1} requests",
            reply=reply,
        )
    with ThreadPoolExecutor(WAITING) as pool, tick.hold():
        waiting = [pool.submit(client.get, "/authors", params=page) for page in asked[:WAITING]]
        wait_all(tick, expect)
        for page in asked[WAITING:]:
            reply = client.get("/books", params=page)
            expect.keys(reply, page, f"GET /books?{told(page)} should show its own values while {WAITING} other requests wait.")
        tick.release()
        for page, body, future in zip(asked[:WAITING], alone, waiting, strict=True):
            expect.json(
                future.result(),
                body,
                f"GET /authors?{told(page)} should answer as it does alone, "
                "though other requests came while it waited in slow.tick().",
            )


def wait_all(tick, expect):
    """All requests are inside slow.tick() at the same time."""
    try:
        seen = len(tick.wait_in_flight(WAITING))
    except NotInFlight as found:
        seen = found.seen
    expect.that(
        seen >= WAITING,
        f"{WAITING} requests to GET /authors should wait in slow.tick() at the same time.",
        expected=f"{WAITING} calls of slow.tick() at the same time",
        got=f"{seen} at the same time; the others had to wait for one of them to end",
    )

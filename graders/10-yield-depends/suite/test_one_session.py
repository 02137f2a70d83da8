"""The hidden suite of 10-yield-depends: one session for each request, and it comes from get_session."""

from gradewright.suite import Namespace, Raise, Resource, point


@point("one-session")
def test_count_asks_the_repo_on_the_session_of_the_request(client, database, expect, nonce):
    for _attempt in range(3):
        reply, numbers = database.ask("count", None)
        database.check_opened_one(numbers, "GET /count should open one session, which the handler and the repo share.", reply)
        expect.json(
            reply,
            {"count": database.counts[numbers[0]]},
            "GET /count should answer with what count() of the repo returned.",
        )


@point("one-session")
def test_each_request_opens_one_session(client, database, expect, nonce):
    for name in nonce.sample([name for name in database.routes if name != "stream"], 5):
        reply, numbers = database.ask(name, nonce.number())
        database.check_opened_one(numbers, f"{database.titles[name]} should open one session.", reply)


@point("one-session")
def test_all_routes_get_their_session_from_get_session(app, client, database, expect, nonce):
    code, other = nonce.sample((402, 410, 412, 418, 423, 424, 428, 451), 2)
    with app.override("get_session", Raise(code)):
        for name in nonce.sample(database.routes, 6):
            reply, numbers = database.ask(name, nonce.number())
            expect.status(
                reply,
                code,
                f"{database.titles[name]} should be {code} when get_session raises {code}: its session should come from there.",
            )
            expect.that(
                not numbers,
                f"{database.titles[name]} should open no session by itself when get_session is replaced.",
                expected="no session",
                got=database.told(numbers),
                reply=reply,
            )
    # That the status of an error survives is not-swallowed's matter.
    with app.override("get_repo", Raise(other)) as failing:
        reply, _numbers = database.ask("count", None)
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
            reply, _numbers = database.ask("count", None)
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

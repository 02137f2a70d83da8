"""The hidden suite of 10-yield-depends: how a session ends, and when it commits."""

from gradewright.suite import point


@point("always-closed")
def test_every_session_is_closed_once(client, database, expect, nonce):
    kinds = [kind for kind in (*database.routes, "refused") if kind != "stream"] * 2
    good = {"rows": 200, "count": 200, "add": 201}
    for kind in nonce.sample(kinds, len(kinds)):
        value, database.fails = nonce.number(), kind == "refused"
        name = "add" if kind == "refused" else kind
        title = database.titles[name] + (", whose commit fails," if kind == "refused" else "")
        reply, numbers = database.ask(name, value)
        if kind in good:
            expect.status(reply, good[kind], f"{title} should be {good[kind]}.")
            expect.that(numbers, f"{title} should open a session.", got=database.told(numbers), reply=reply)
        else:
            database.check_added(numbers, value, f"{title} should open a session and add the value to it.", reply)
        expect.that(
            all(database.sessions[number].count("close") == 1 for number in numbers),
            f"{title} should close its session exactly once.",
            expected="open, …, close",
            got=database.told(numbers),
            reply=reply,
        )


@point("rollback-on-error")
def test_a_failed_request_is_rolled_back(client, database, expect, nonce):
    value = nonce.number(1_000_000, 9_999_999)
    database.ask("add", value)
    reply, _numbers = database.ask("rows", None)
    body = expect.keys(reply, {}, "GET /rows should be 200.")
    shown = body.get("rows")
    expect.that(
        isinstance(shown, list) and value in shown,
        f"After POST /rows?value={value}, GET /rows should show {value}.",
        expected=f'{{"rows":[…,{value}]}}',
        got=body,
        reply=reply,
    )
    for kind in nonce.sample(("conflict", "crash", "refused"), 3):
        value, database.fails = nonce.number(1_000_000, 9_999_999), kind == "refused"
        name = "add" if kind == "refused" else kind
        title = f"{database.titles[name]}?value={value}" + (", whose commit fails," if kind == "refused" else "")
        reply, numbers = database.ask(name, value)
        database.fails = False
        number = database.check_added(numbers, value, f"{title} should add the value to a session.", reply)
        history = database.sessions[number]
        reached = "failed commit" if kind == "refused" else "add"
        undone = history[history.index(reached) :] if reached in history else []
        if "close" in undone:
            undone = undone[: undone.index("close")]
        expect.that(
            "rollback" in undone,
            f"{title} should roll its session back before it is closed.",
            expected=f"open, add, {'failed commit, ' if kind == 'refused' else ''}rollback, close",
            got=database.told([number]),
            reply=reply,
        )
        reply, _numbers = database.ask("rows", None)
        body = expect.keys(reply, {}, "GET /rows should be 200.")
        expect.equal(
            database.committed,
            body.get("rows"),
            f"{title} should leave no row behind.",
            reply=reply,
        )
        expect.that(
            value not in database.committed,
            f"{title} should leave no row behind.",
            expected=f"no row {value}",
            got=database.told([number]),
            reply=reply,
        )


@point("not-swallowed")
def test_errors_keep_their_status(client, database, expect, nonce):
    wanted = {"conflict": 409, "crash": 500}
    for name in nonce.sample(("conflict", "crash") * 2, 4):
        value = nonce.number()
        reply, numbers = database.ask(name, value)
        database.check_added(numbers, value, f"{database.titles[name]} should open a session and add the value to it.", reply)
        expect.status(
            reply,
            wanted[name],
            f"{database.titles[name]} should be {wanted[name]}: "
            "the error has to pass through get_session and reach whoever answers it.",
        )


@point("commit-before-reply")
def test_a_good_commit_is_201(client, database, expect, nonce):
    value = nonce.number()
    before = list(database.committed)
    reply, _numbers = database.ask("add", value)
    expect.json(reply, {"value": value}, f"POST /rows?value={value} should be 201 with the value.", status=201)
    expect.equal(
        [*before, value],
        database.committed,
        f"POST /rows?value={value} should add the value once and commit it.",
        reply=reply,
    )


@point("commit-before-reply")
def test_a_failed_commit_is_500(client, database, expect, nonce):
    for _attempt in range(2):
        value = nonce.number()
        before = list(database.committed)
        database.fails = True
        reply, numbers = database.ask("add", value)
        database.fails = False
        expect.that(
            any("failed commit" in database.sessions[number] for number in numbers),
            f"POST /rows?value={value} should call commit on its session.",
            expected="open, add, failed commit, …",
            got=database.told(numbers),
            reply=reply,
        )
        expect.status(
            reply,
            500,
            f"POST /rows?value={value} should be 500 when the commit raises CommitFailed, "
            "so the commit has to come before the reply.",
        )
        expect.equal(before, database.committed, "A commit that failed should leave no row behind.", reply=reply)
        value = nonce.number()
        reply, numbers = database.ask("add", value)
        expect.json(reply, {"value": value}, "After a commit that failed, the next POST /rows should be 201.", status=201)
        expect.equal([*before, value], database.committed, "The next POST /rows should commit its own value only.", reply=reply)

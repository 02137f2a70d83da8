"""The hidden suite of 09-sub-depends."""

import re

from gradewright.suite import Raise, Spy, Value, point

#: How an app may refuse a request without a token where another point is at stake: that it must be 401 is graph-order's matter.
REFUSED = (401, 403, 422)


def bearer(token):
    """Return the headers of a request that carries this token."""
    return {"Authorization": f"Bearer {token}"}


def hexes(nonce, count):
    """Return `count` different texts of 32 hexadecimal digits."""
    found = {}
    while len(found) < count:
        found[f"{nonce.getrandbits(128):032x}"] = None
    return list(found)


def codes(nonce, count):
    """Return `count` different error statuses that no app answers here by itself."""
    return nonce.sample((402, 409, 410, 412, 418, 423, 424, 428, 451), count)


def read_texts(reply, keys, expect, because):
    """Return the values of these keys; each has to be a text of hexadecimal digits."""
    body = expect.keys(reply, {}, because)
    for key in keys:
        value = body.get(key)
        expect.that(
            isinstance(value, str) and re.fullmatch(r"[0-9a-fA-F]+", value),
            because,
            expected=f"in {key}, a text of hexadecimal digits",
            got=body,
            reply=reply,
        )
    return [body[key] for key in keys]


@point("graph-order")
def test_only_a_bearer_token_reaches_me(client, expect, nonce):
    token = nonce()
    reply = client.get("/me", headers=bearer(token))
    expect.keys(reply, {}, "With a Bearer token in the Authorization header, GET /me should answer 200.")
    expect.status(client.get("/me"), 401, "Without an Authorization header, GET /me should be 401.")
    for header in (f"Basic {token}", token, f"Bearer{token}", f"Token {token}"):
        expect.status(
            client.get("/me", headers={"Authorization": header}),
            401,
            f'With "Authorization: {header}", which does not begin with "Bearer ", GET /me should be 401.',
        )


@point("graph-order")
def test_failure_of_a_leaf_ends_the_request(app, client, expect, nonce):
    headers = bearer(nonce())
    reply = client.get("/me", headers=headers)
    expect.keys(reply, {}, "With a Bearer token in the Authorization header, GET /me should answer 200.")
    for name, code in zip(("get_token", "get_trace_id"), codes(nonce, 2), strict=True):
        with app.override(name, Raise(code)):
            reply = client.get("/me", headers=headers)
            expect.status(
                reply,
                code,
                f"When {name} raises {code}, the client should get {code}: "
                "a leaf of the graph is resolved before get_user and the handler, and its failure stops both.",
            )


@point("leaf-flows-up")
def test_replaced_token_becomes_the_name(app, client, expect, nonce):
    token, other = nonce.tokens(2)
    with app.override("get_token", Value(token)):
        reply = client.get("/me", headers=bearer(other))
        expect.keys(
            reply,
            {"name": token},
            "With get_token replaced, GET /me should show what the replacement returned, whatever the header says.",
        )
        reply = client.get("/me")
        expect.keys(reply, {"name": token}, "With get_token replaced, GET /me should need no header.")


@point("leaf-flows-up")
def test_real_token_becomes_the_name(client, expect, nonce):
    for token in nonce.tokens(3):
        reply = client.get("/me", headers=bearer(token))
        expect.keys(reply, {"name": token}, "GET /me should show the token of the Authorization header as the name.")


@point("cut-the-branch")
def test_replaced_user_needs_no_token(app, client, expect, nonce):
    name, other = nonce.tokens(2)
    user_trace, trace = hexes(nonce, 2)
    user = {"name": name, "trace": user_trace}
    (code,) = codes(nonce, 1)
    with app.override("get_token", Raise(code)) as token:
        reply = client.get("/me", headers=bearer(other))
        expect.status(reply, code, f"When get_token raises {code}, the client should get {code}.")
        before = len(token.calls)
        with app.override("get_user", Value(user)), app.override("get_trace_id", Value(trace)):
            for headers in (bearer(other), {}):
                reply = client.get("/me", headers=headers)
                expect.json(
                    reply,
                    {"name": name, "user_trace": user_trace, "trace": trace},
                    "With get_user replaced, GET /me should show the replacement's user without running get_token.",
                )
        expect.equal(before, len(token.calls), "With get_user replaced, get_token should not be called.", reply=reply)


@point("cut-the-branch")
def test_real_token_check_is_skipped(app, client, expect, nonce):
    expect.status(client.get("/me"), REFUSED, "Without an Authorization header, GET /me should be refused.")
    user = {"name": nonce(), "trace": hexes(nonce, 1)[0]}
    with app.override("get_user", Value(user)):
        reply = client.get("/me")
        expect.keys(
            reply,
            {"name": user["name"], "user_trace": user["trace"]},
            "With get_user replaced, GET /me should answer without an Authorization header: nothing asks for the token.",
        )


@point("cached-once")
def test_trace_is_made_once_a_request(app, client, expect, nonce):
    count = nonce.randint(3, 6)
    values = hexes(nonce, 2 * count)
    with app.override("get_trace_id", Spy(tuple(values))) as spy:
        for number in range(count):
            reply = client.get("/me", headers=bearer(nonce()))
            expect.keys(
                reply,
                {"trace": values[number], "user_trace": values[number]},
                f"In request {number + 1}, both traces should be the result of call {number + 1} of get_trace_id: "
                "one call for each request.",
            )
        expect.equal(
            count,
            len(spy.calls),
            f"{count} requests to GET /me should call get_trace_id {count} times.",
            reply=reply,
        )


@point("cached-once")
def test_real_trace_is_shared_and_new(client, expect, nonce):
    seen = []
    for _number in range(3):
        reply = client.get("/me", headers=bearer(nonce()))
        trace, user_trace = read_texts(reply, ("trace", "user_trace"), expect, "GET /me should show two trace ids.")
        expect.equal(trace, user_trace, "The user and the handler should get the same trace id in a request.", reply=reply)
        expect.that(
            trace not in seen,
            "The next request should get a trace id of its own.",
            expected="a trace id that no earlier request had",
            got=trace,
            reply=reply,
        )
        seen.append(trace)


# Requests to /pair carry a token here: an app that asks for one everywhere loses only-what-is-asked and not this point.


@point("opt-out")
def test_nonce_is_made_twice_a_request(app, client, expect, nonce):
    count = nonce.randint(3, 6)
    values = hexes(nonce, 3 * count)
    with app.override("get_nonce", Spy(tuple(values))) as spy:
        for number in range(count):
            made = values[2 * number : 2 * number + 2]
            reply = client.get("/pair", headers=bearer(nonce()))
            body = expect.keys(reply, {}, "GET /pair should answer a JSON object.")
            shown = [body.get("first"), body.get("second")]
            expect.that(
                shown in (made, made[::-1]),
                f"In request {number + 1}, GET /pair should show the results of calls {2 * number + 1} and {2 * number + 2} "
                "of get_nonce: exactly two calls for each request.",
                expected=f"{made[0]} and {made[1]}, in either order",
                got=body,
                reply=reply,
            )
        expect.equal(
            2 * count,
            len(spy.calls),
            f"{count} requests to GET /pair should call get_nonce {2 * count} times.",
            reply=reply,
        )


@point("opt-out")
def test_real_nonces_differ(client, expect, nonce):
    seen = []
    for _number in range(3):
        reply = client.get("/pair", headers=bearer(nonce()))
        first, second = read_texts(reply, ("first", "second"), expect, "GET /pair should show two random texts.")
        expect.that(
            first != second,
            "GET /pair should show two different values, one from each call of get_nonce.",
            expected="two different texts",
            got={"first": first, "second": second},
            reply=reply,
        )
        expect.that(
            first not in seen and second not in seen,
            "The next request to GET /pair should get new values.",
            expected="two texts that no earlier request had",
            got={"first": first, "second": second},
            reply=reply,
        )
        seen += [first, second]


@point("only-what-is-asked")
def test_open_runs_none_of_them(app, client, expect, nonce):
    names = ("get_token", "get_trace_id", "get_user", "get_nonce")
    failures = dict(zip(names, codes(nonce, 4), strict=True))
    # That a replaced dependency does stop the routes which use it is what makes the silence of /open say something.
    for name, path in (("get_trace_id", "/me"), ("get_nonce", "/pair")):
        with app.override(name, Raise(failures[name])):
            reply = client.get(path, headers=bearer(nonce()))
            expect.status(reply, failures[name], f"GET {path} depends on {name}, so it should fail when {name} does.")
    for name in nonce.sample(names, 4):
        with app.override(name, Raise(failures[name])) as failing:
            reply = client.get("/open")
            expect.json(reply, {"open": True}, f"GET /open does not use {name}, so it should not notice that {name} raises.")
            expect.equal(0, len(failing.calls), f"GET /open should not run {name}.", reply=reply)


@point("only-what-is-asked")
def test_open_and_pair_need_no_token(client, expect):
    expect.status(client.get("/me"), REFUSED, "Without an Authorization header, GET /me should be refused: it uses get_token.")
    reply = client.get("/open")
    expect.json(reply, {"open": True}, "GET /open should answer without an Authorization header: it uses none of the four.")
    reply = client.get("/pair")
    expect.keys(reply, {}, "GET /pair should answer without an Authorization header: it uses get_nonce and nothing else.")

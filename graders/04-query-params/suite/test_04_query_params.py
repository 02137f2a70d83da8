"""The hidden suite of 04-query-params."""

from gradewright.suite import point

DEFAULTS = {"page": 1, "limit": 20, "search": None, "tags": [], "in_stock": False}
TRUE, FALSE = ("true", "1", "on", "yes"), ("false", "0", "off", "no")
HEADER = "X-Client-Version"
#: Headers that are read by mistake for X-Client-Version.
MISNOMERS = ("Version", "Client-Version", "X-Version", "X_Client_Version")


def wanted(nonce, **changes):
    """Return a query with a valid value for everything but tag, which is query-list's matter."""
    query = {
        "page": nonce.number(2, 9999),
        "limit": nonce.number(2, 99),
        "search": nonce(),
        "in_stock": nonce.choice(("true", "false")),
    }
    return {**query, **changes}


def version(nonce):
    """Return a version that is no number, so that nothing can convert it on the way."""
    return f"{nonce.number(1, 99)}.{nonce.number(0, 99)}.{nonce(4)}"


def mixed_case(nonce, text):
    """Return the text with capitals at random."""
    return "".join(nonce.choice((letter.lower(), letter.upper())) for letter in text)


@point("optional-and-defaults")
def test_nothing_is_required(client, expect):
    reply = client.get("/products")
    expect.json(reply, DEFAULTS, "GET /products without a query should answer with all five defaults.")


@point("optional-and-defaults")
def test_each_may_come_alone(client, expect, nonce):
    given = {"page": nonce.number(2, 9999), "limit": nonce.number(2, 99), "search": nonce(), "in_stock": True}
    for name in nonce.sample(sorted(given), 4):
        value = given[name]
        reply = client.get("/products", params={name: "true" if value is True else value})
        expect.json(
            reply,
            {**DEFAULTS, name: value},
            f"GET /products with nothing but {name} should answer with its value, in the right JSON type, and four defaults.",
        )


@point("optional-and-defaults")
def test_all_come_back(client, expect, nonce):
    given = {"page": nonce.number(2, 9999), "limit": nonce.number(2, 99), "search": nonce(), "in_stock": nonce.random() < 0.5}
    query = {**given, "in_stock": "true" if given["in_stock"] else "false"}
    names = nonce.sample(sorted(query), 4)
    reply = client.get("/products", params={name: query[name] for name in names})
    expect.keys(
        reply, given, "GET /products should give the values of the query back, numbers as numbers and booleans as such."
    )
    reply = client.get("/products", params={**query, nonce(): nonce()})
    expect.keys(reply, given, "GET /products should ignore a name in the query that it does not know.")


@point("query-bounds")
def test_values_at_the_bounds(client, expect, nonce):
    for name, value in (("page", 1), ("limit", 1), ("limit", 100), ("search", nonce(2))):
        reply = client.get("/products", params=wanted(nonce, **{name: value}))
        expect.keys(reply, {name: value}, f"GET /products should allow {name}={value}: it is just within the bounds.")


@point("query-bounds")
def test_values_outside_the_bounds(client, refused, expect, nonce):
    reply = client.get("/products", params=wanted(nonce, limit=100))
    expect.keys(reply, {"limit": 100}, "GET /products should allow limit=100, the largest there is.")
    bad = [("page", 0), ("page", -nonce.number()), ("limit", 0), ("limit", 101)]
    bad += [("limit", -nonce.number()), ("limit", nonce.number()), ("search", nonce(1)), ("search", "")]
    for name, value in nonce.sample(bad, len(bad)):
        reply = client.get("/products", params=wanted(nonce, **{name: value}))
        because = f"GET /products should refuse {name}={value} with FastAPI's 422: it is outside the bounds of {name}."
        refused(reply, "query", name, because=because)


@point("query-bounds")
def test_page_and_limit_are_integers(client, refused, expect, nonce):
    reply = client.get("/products", params=wanted(nonce, limit=100))
    expect.keys(reply, {"limit": 100}, "GET /products should allow limit=100, the largest there is.")
    for name in ("page", "limit"):
        for value in (nonce(), f"{nonce.number(1, 9)}.5"):
            reply = client.get("/products", params=wanted(nonce, **{name: value}))
            because = f"GET /products should refuse {name}={value} with FastAPI's 422: it is not an integer."
            refused(reply, "query", name, because=because)


@point("query-bounds")
def test_bounds_are_documented(schema, expect):
    reply, operation = schema.get("/products")
    at_least_1 = {"minimum": 1, "exclusiveMinimum": 0}
    at_most_100 = {"maximum": 100, "exclusiveMaximum": 101}
    for name, expected, *limits in (
        ("page", "an integer with the minimum 1", at_least_1),
        ("limit", "an integer with the minimum 1 and the maximum 100", at_least_1, at_most_100),
        ("search", "a text with the minLength 2", {"minLength": 2}),
    ):
        found = schema.of(schema.parameter(operation, "query", name))
        # A limit may be written in two ways, and in any of the types that a union is made of.
        shown = [word_and_value for part in schema.parts(found) for word_and_value in part.items()]
        expect.that(
            all(any(item in shown for item in limit.items()) for limit in limits),
            f"The schema should show the bounds of {name}, so that clients know them before they ask.",
            expected=expected,
            got=found if found is not None else schema.show(operation),
            reply=reply,
        )


@point("query-list")
def test_repeated_tags_keep_their_order(client, expect, nonce):
    for count in (1, 2, nonce.number(3, 6)):
        tags = nonce.tokens(count)
        # The last one equals the first where there are three or more: a set would lose it, and sorting would move it.
        tags += tags[:1] if count > 2 else []
        reply = client.get("/products", params={**wanted(nonce), "tag": tags})
        expect.keys(
            reply,
            {"tags": tags},
            f"GET /products with {'&'.join(f'tag={tag}' for tag in tags)} should list under tags what was sent, in its order.",
        )


@point("query-list")
def test_a_tag_is_not_split(client, expect, nonce):
    tags = [",".join(nonce.tokens(2)), " ".join(nonce.tokens(2))]
    reply = client.get("/products", params={**wanted(nonce), "tag": tags})
    expect.keys(reply, {"tags": tags}, "GET /products should take each tag as it is: a comma or a space does not divide it.")


@point("query-list")
def test_tags_are_documented(schema, expect):
    reply, operation = schema.get("/products")
    found = schema.of(schema.parameter(operation, "query", "tag"))
    expect.that(
        any(part.get("type") == "array" for part in schema.parts(found)),
        "The schema should show tag as an array in the query, so that clients know they may repeat it.",
        expected="tag in query, an array",
        got=found if found is not None else schema.show(operation),
        reply=reply,
    )
    expect.that(
        "requestBody" not in operation,
        "The schema should show no body for GET /products: everything comes from the query.",
        expected="no requestBody",
        got={"requestBody": operation.get("requestBody")},
        reply=reply,
    )


@point("bool-parsing")
def test_spellings_of_true_and_false(client, expect, nonce):
    words = [(word, True) for word in TRUE] + [(word, False) for word in FALSE]
    for word, value in nonce.sample(words, len(words)):
        for spelling in dict.fromkeys((word, word.upper(), mixed_case(nonce, word))):
            reply = client.get("/products", params=wanted(nonce, in_stock=spelling))
            expect.keys(
                reply,
                {"in_stock": value},
                f"GET /products should take in_stock={spelling} for {'true' if value else 'false'}.",
            )


@point("bool-parsing")
def test_other_words_are_no_booleans(client, refused, expect, nonce):
    reply = client.get("/products", params=wanted(nonce, in_stock="yes"))
    expect.keys(reply, {"in_stock": True}, "GET /products should take in_stock=yes for true.")
    for word in (nonce(), str(nonce.number(2, 99)), nonce.choice(TRUE[2:]) + nonce(2), "maybe"):
        reply = client.get("/products", params=wanted(nonce, in_stock=word))
        because = f"GET /products should refuse in_stock={word} with FastAPI's 422: it means neither true nor false."
        refused(reply, "query", "in_stock", because=because)


@point("header-param")
def test_version_comes_from_the_header(client, expect, nonce):
    for name in (HEADER, HEADER.lower(), HEADER.upper(), mixed_case(nonce, HEADER)):
        value = version(nonce)
        reply = client.get("/client", headers={name: value})
        expect.keys(
            reply,
            {"version": value},
            f"GET /client should answer with the value of the header {name}; capitals in a header's name do not matter.",
        )


@point("header-param")
def test_the_header_is_required(client, refused, expect, nonce):
    value = version(nonce)
    reply = client.get("/client", headers={HEADER: value})
    expect.keys(reply, {"version": value}, f"GET /client should answer with the value of the header {HEADER}.")
    reply = client.get("/client")
    refused(
        reply, "header", because=f"GET /client without the header {HEADER} should be FastAPI's 422, which names the header."
    )
    for name in (HEADER, "x_client_version", "version"):
        reply = client.get("/client", params={name: version(nonce)})
        because = f"GET /client should be FastAPI's 422 without the header {HEADER}: {name} in the query is no header."
        refused(reply, "header", because=because)


@point("header-param")
def test_the_header_is_documented(schema, expect):
    reply, operation = schema.get("/client")
    found = schema.parameter(operation, "header", HEADER)
    expect.that(
        found is not None and found.get("required") is True,
        f"The schema should list {HEADER} as a required header of GET /client.",
        expected=f"{HEADER} in header, required",
        got="the header, but not as required" if found is not None else schema.show(operation),
        reply=reply,
    )


def ask_theme(client, nonce, *cookies, params=None, headers=None):
    """Send a request for the theme. Where the version has to come from is header-param's matter, so any place will do."""
    others = {**(headers or {}), **({"Cookie": "; ".join(cookies)} if cookies else {})}
    reply = client.get("/client", params=params, headers={**others, HEADER: version(nonce)})
    if reply.status_code == 422:
        named = {name: version(nonce) for name in MISNOMERS}
        second = client.get("/client", params=params, headers={**others, HEADER: version(nonce), **named})
        reply = second if second.status_code != 422 else reply
    return reply


@point("cookie-param")
def test_theme_comes_from_the_cookie(client, expect, nonce):
    theme = nonce()
    reply = ask_theme(client, nonce, f"theme={theme}")
    expect.keys(reply, {"theme": theme}, "GET /client should answer with the value of the cookie theme.")
    theme = nonce()
    others = [f"{nonce()}={nonce()}" for _number in range(2)]
    cookies = nonce.sample([*others, f"theme={theme}"], 3)
    reply = ask_theme(client, nonce, *cookies)
    expect.keys(reply, {"theme": theme}, "GET /client should find the cookie theme among others.")


@point("cookie-param")
def test_theme_has_a_default(client, expect, nonce):
    reply = ask_theme(client, nonce)
    expect.keys(reply, {"theme": "light"}, "GET /client without the cookie theme should answer with the theme light.")
    reply = ask_theme(client, nonce, f"{nonce()}={nonce()}")
    expect.keys(reply, {"theme": "light"}, "GET /client with other cookies only should answer with the theme light.")


@point("cookie-param")
def test_only_the_cookie_counts(client, expect, nonce):
    for where, elsewhere in (("query", {"params": {"theme": nonce()}}), ("headers", {"headers": {"Theme": nonce()}})):
        theme = nonce()
        reply = ask_theme(client, nonce, f"theme={theme}", **elsewhere)
        expect.keys(reply, {"theme": theme}, f"GET /client should take the theme from the cookie, not from the {where}.")
        reply = ask_theme(client, nonce, **elsewhere)
        expect.keys(
            reply,
            {"theme": "light"},
            f"GET /client should ignore a theme in the {where}: without the cookie the theme is light.",
        )


@point("cookie-param")
def test_the_cookie_is_documented(schema, expect):
    reply, operation = schema.get("/client")
    expect.that(
        schema.parameter(operation, "cookie", "theme") is not None,
        "The schema should list theme as a cookie of GET /client.",
        expected="theme in cookie",
        got=schema.show(operation),
        reply=reply,
    )

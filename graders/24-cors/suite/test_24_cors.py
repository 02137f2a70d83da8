"""The hidden suite of 24-cors. Answers are judged as a browser judges them."""

import pytest

from gradewright.suite import point

TOKEN = {"Authorization": "Bearer let-me-in"}
ALLOW_ORIGIN = "Access-Control-Allow-Origin"
ALLOW_CREDENTIALS = "Access-Control-Allow-Credentials"


@pytest.fixture
def make_origins(nonce):
    """Return a function that makes origins, with and without a port; it makes none twice."""
    ports = iter(nonce.sample(range(1025, 9999), 100))

    def make(count):
        made = [f"https://{nonce()}.{nonce()}.example" for _number in range(count - 2)]
        made += [f"https://{nonce()}.{nonce()}.example:{next(ports)}", f"http://localhost:{next(ports)}"]
        return nonce.sample(made, count)

    return make


@pytest.fixture
def origins(app, make_origins):
    """Start the app with a list of three origins, and return that."""
    made = make_origins(3)
    start(app, ",".join(made))
    return made


def start(app, value):
    """Start the app with this value of ALLOWED_ORIGINS; None leaves it unset."""
    app.restart({} if value is None else {"ALLOWED_ORIGINS": value})


def header(reply, name):
    """Return a header as people write it."""
    return f"{name}: {reply.headers[name]}" if name in reply.headers else f"no header {name}"


def may_read(reply, origin, expect, because):
    """A page on this origin may read the answer, also of a request with credentials."""
    got = reply.headers.get(ALLOW_ORIGIN)
    expect.that(
        got == origin,
        f"{because} With credentials, a browser does not take * for permission." if got == "*" else because,
        expected=f"{ALLOW_ORIGIN}: {origin}",
        got=header(reply, ALLOW_ORIGIN),
        reply=reply,
    )


def may_not_read(reply, origin, expect, because):
    """A page on this origin may not read the answer, not even one that was asked for without credentials."""
    expect.that(
        reply.headers.get(ALLOW_ORIGIN) not in (origin, "*"),
        because,
        expected=f"no header {ALLOW_ORIGIN}",
        got=header(reply, ALLOW_ORIGIN),
        reply=reply,
    )


def may_send_credentials(reply, expect, because):
    expect.that(
        reply.headers.get(ALLOW_CREDENTIALS) == "true",
        because,
        expected=f"{ALLOW_CREDENTIALS}: true",
        got=header(reply, ALLOW_CREDENTIALS),
        reply=reply,
    )


def ask_first(client, path, origin, method, names=()):
    """Send the preflight of a request with this method and these headers."""
    headers = {"Origin": origin, "Access-Control-Request-Method": method}
    if names:
        # Browsers send them sorted and in lower case.
        headers["Access-Control-Request-Headers"] = ",".join(sorted(name.lower() for name in names))
    return client.options(path, headers=headers)


def listed(reply, name):
    """Return the entries of a header that is a list, in lower case."""
    return {entry.strip().lower() for entry in reply.headers.get(name, "").split(",")} - {""}


@point("allowed-origin")
def test_allowed_pages_may_read_and_send_credentials(client, origins, expect, nonce):
    for origin in origins:
        text = nonce()
        calls = [
            ("GET", "/data", {}, None, 200),
            ("POST", "/data", {}, {"text": text}, 201),
            ("GET", "/private", TOKEN, None, 200),
        ]
        for method, path, more, body, status in nonce.sample(calls, 3):
            for cookie in ({}, {"Cookie": f"session={nonce()}"}):
                reply = client.request(method, path, json=body, headers={"Origin": origin, **more, **cookie})
                how = f"{method} {path} from {origin}, which is in ALLOWED_ORIGINS,"
                expect.status(reply, status, f"{how} should be answered as always.")
                may_read(reply, origin, expect, f"{how} should say that this origin may read the answer.")
                may_send_credentials(reply, expect, f"{how} should say that credentials may come along.")


@point("preflight")
def test_what_is_needed_is_permitted(client, origins, expect, nonce):
    headers = ("Authorization", "Content-Type")
    origin = nonce.choice(origins)
    # An app that never allows credentials loses allowed-origin and need not lose this, too.
    credentials = client.get("/data", headers={"Origin": origin}).headers.get(ALLOW_CREDENTIALS) == "true"
    for method, path in (("POST", "/data"), ("GET", "/data"), ("GET", "/private")):
        for names in ((), *((name,) for name in headers), headers):
            reply = ask_first(client, path, origin, method, names)
            what = f"{method} {path} with {' and '.join(names)}" if names else f"{method} {path}"
            because = f"A browser that asks whether a page on an allowed origin may send {what} should get permission."
            expect.that(reply.is_success, because, expected="a 2xx status", got=f"status {reply.status_code}", reply=reply)
            may_read(reply, origin, expect, because)
            if credentials:
                may_send_credentials(reply, expect, because)
            # GET and POST need no mention.
            expect.that(
                {name.lower() for name in names} <= listed(reply, "Access-Control-Allow-Headers"),
                because,
                expected=f"Access-Control-Allow-Headers: {', '.join(names)}",
                got=header(reply, "Access-Control-Allow-Headers"),
                reply=reply,
            )


@point("preflight")
def test_nothing_else_is_permitted(client, origins, expect, nonce):
    origin = nonce.choice(origins)
    reply = ask_first(client, "/data", origin, "POST", ("Content-Type",))
    because = "A browser that asks whether a page on an allowed origin may send JSON should get permission."
    expect.that(reply.is_success, because, expected="a 2xx status", got=f"status {reply.status_code}", reply=reply)
    may_read(reply, origin, expect, because)
    for method in nonce.sample(("DELETE", "PUT", "PATCH"), 3):
        reply = ask_first(client, "/data", origin, method)
        not_permitted(reply, origin, "Methods", method, expect, f"the method {method}")
    for name in ("X-Evil", f"X-{nonce()}", "X-Requested-With", "X-API-Key"):
        for names in ((name,), (name, "Content-Type"), (name, "Authorization")):
            reply = ask_first(client, "/data", origin, nonce.choice(("GET", "POST")), names)
            not_permitted(reply, origin, "Headers", name, expect, f"the header {name}")


def not_permitted(reply, origin, kind, wanted, expect, what):
    """The preflight does not permit this method or header: another status, no permission to the origin, or no mention of it."""
    name = f"Access-Control-Allow-{kind}"
    permitted = reply.is_success and reply.headers.get(ALLOW_ORIGIN) in (origin, "*")
    expect.that(
        not (permitted and {wanted.lower(), "*"} & listed(reply, name)),
        f"A browser that asks for {what} should get no permission: the API needs GET and POST, Authorization and Content-Type.",
        expected=f"{name} without {wanted}, or an error status",
        got=f"status {reply.status_code}, {header(reply, name)}",
        reply=reply,
    )


def similar(origin, nonce):
    """Return origins that are not this one, a https origin without a port: (origin, what it is)."""
    host = origin.removeprefix("https://")
    first, _dot, rest = host.partition(".")
    return [
        (f"https://{nonce()}.example", "another site"),
        ("null", "the origin of a sandboxed page"),
        (f"http://{host}", "another scheme"),
        (f"{origin}:{nonce.number(1025, 9999)}", "another port"),
        (f"https://{nonce()}.{host}", "a subdomain"),
        (f"https://{rest}", "the parent domain"),
        (f"https://{nonce()}{host}", "another name that ends with an allowed one"),
        (f"https://{nonce()}-{host}", "another name that ends with an allowed one"),
        (f"{origin}.{nonce()}.example", "another name that begins with an allowed one"),
        (f"{origin}{nonce(3)}", "another name that begins with an allowed one"),
        (origin[:-1], "the beginning of an allowed one"),
        (f"https://{first}x{rest}", "another name, with a letter in the place of a dot"),
        (f"https://{nonce()}.example:{nonce.number(1025, 9999)}", "another site"),
    ]


@point("no-wildcard")
def test_other_pages_get_no_permission(client, origins, expect, nonce):
    cookies = ({}, {"Cookie": f"session={nonce()}"})
    allowed = next(origin for origin in origins if origin.count(":") == 1)
    for cookie in cookies:
        reply = client.get("/data", headers={"Origin": allowed, **cookie})
        # An app that gives a * to everybody shall hear of that, so it passes here.
        if reply.headers.get(ALLOW_ORIGIN) != "*":
            may_read(reply, allowed, expect, "A page on an origin in ALLOWED_ORIGINS should get permission.")
    found = similar(allowed, nonce)
    for evil, what in nonce.sample(found, len(found)):
        because = f"A page on {evil} ({what}) should get no permission: ALLOWED_ORIGINS has {allowed}, and not this."
        for cookie in cookies:
            headers = {"Origin": evil, **cookie}
            may_not_read(client.get("/data", headers=headers), evil, expect, because)
            may_not_read(client.post("/data", json={"text": nonce()}, headers=headers), evil, expect, because)
            may_not_read(client.get("/private", headers={**headers, **TOKEN}), evil, expect, because)
        for method in ("GET", "POST", "DELETE"):
            may_not_read(ask_first(client, "/data", evil, method, ("Content-Type",)), evil, expect, because)


@point("origins-from-env")
def test_the_list_decides(app, client, make_origins, expect, nonce):
    old, new = make_origins(3), make_origins(4)
    for names, others in ((old, new), (new, old)):
        comma = nonce.choice((", ", " , ", " ,"))
        start(app, f"{nonce.choice(('', ' '))}{comma.join(names)}{nonce.choice(('', ' '))}")
        for origin in nonce.sample(names, len(names)):
            reply = client.get("/data", headers={"Origin": origin})
            may_read(reply, origin, expect, f'With ALLOWED_ORIGINS="{comma.join(names)}", {origin} should get permission.')
        for origin in others:
            reply = client.get("/data", headers={"Origin": origin})
            because = f'With ALLOWED_ORIGINS="{comma.join(names)}", {origin} should get no permission: it is not in the list.'
            may_not_read(reply, origin, expect, because)


@point("origins-from-env")
def test_one_origin_is_a_list_too(app, client, make_origins, expect, nonce):
    for origin in make_origins(3):
        start(app, origin)
        reply = client.get("/data", headers={"Origin": origin})
        may_read(reply, origin, expect, f'With ALLOWED_ORIGINS="{origin}", {origin} should get permission.')


@point("origins-from-env")
def test_no_list_means_nobody(app, client, make_origins, expect):
    allowed, origin = make_origins(2)
    start(app, allowed)
    reply = client.get("/data", headers={"Origin": allowed})
    may_read(reply, allowed, expect, f'With ALLOWED_ORIGINS="{allowed}", {allowed} should get permission.')
    for value, how in (("", 'With ALLOWED_ORIGINS=""'), (None, "Without ALLOWED_ORIGINS")):
        start(app, value)
        for asked in (origin, "null"):
            because = f"{how}, no page should get permission, and so not one on {asked} either."
            may_not_read(client.get("/data", headers={"Origin": asked}), asked, expect, because)
            may_not_read(ask_first(client, "/data", asked, "POST"), asked, expect, because)


@point("not-auth")
def test_a_401_may_be_read_by_allowed_pages(client, origins, expect, nonce):
    for origin in origins:
        for token in ({}, {"Authorization": f"Bearer {nonce()}"}):
            reply = client.get("/private", headers={"Origin": origin, **token})
            expect.status(reply, 401, "GET /private without the right token should be 401, wherever the page comes from.")
            because = (
                "An allowed page should be able to read the 401 of GET /private; without permission it sees a network error."
            )
            may_read(reply, origin, expect, because)


@point("not-auth")
def test_requests_of_others_are_served(client, origins, expect, nonce):
    allowed = nonce.choice(origins)
    reply = client.get("/private", headers={"Origin": allowed})
    may_read(reply, allowed, expect, "An allowed page should be able to read the 401 of GET /private.")
    for origin in ({}, {"Origin": f"https://{nonce()}.example"}, {"Origin": "null"}):
        how = f"from {origin['Origin']}, which is not in ALLOWED_ORIGINS," if origin else "without Origin"
        text = nonce()
        reply = client.post("/data", json={"text": text}, headers=origin)
        because = f"POST /data {how} should be served like any other: CORS is a rule for browsers, and not a door."
        expect.json(reply, {"text": text}, because, status=201)
        reply = client.get("/data", headers=origin)
        body = expect.keys(reply, {}, f"GET /data {how} should be served like any other.")
        items = body.get("items")
        expect.that(
            isinstance(items, list) and text in items,
            "GET /data should show the text of the POST before it.",
            expected=f"{text} in items",
            got=body,
            reply=reply,
        )
        reply = client.get("/private", headers={**origin, **TOKEN})
        expect.json(reply, {"private": True}, f"GET /private {how} should be served like any other: it has the right token.")
        reply = client.get("/private", headers=origin)
        expect.status(reply, 401, f"GET /private {how} should be 401 without a token: that is what protects it.")

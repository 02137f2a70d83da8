"""The hidden suite of 40-security-review: what answers, errors, the log and the settings for production give away."""

import json

import pytest

from gradewright.suite import TwinRaise, point

BUILTIN = ("RuntimeError", "KeyError", "ValueError", "OSError", "LookupError", "TypeError")
ALLOW_ORIGIN = "Access-Control-Allow-Origin"
PAGES = ("/docs", "/redoc", "/openapi.json")
KEYS = {
    "product": {"id", "name", "price"},
    "user": {"id", "username", "role", "profile"},
    "order": {"id", "user_id", "items", "total", "address", "receipt"},
}


@pytest.fixture
def hides(expect):
    """None of these secrets, named by what they are, is in a text."""

    def check(text, secrets, where, because, reply=None):
        for secret, what in secrets.items():
            shown = "" if secret not in text else "…" + text[max(0, text.index(secret) - 60) :][: 60 + len(secret)] + "…"
            expect.that(
                not shown,
                f"{where} should not hold {what}. {because}",
                expected=f"a text without {what}",
                got=shown,
                reply=reply,
            )

    return check


@point("nothing-leaks")
def test_unexpected_errors(shop, expect, hides, nonce):
    (person,) = shop.members(1)
    order = person.order
    path = f"/orders/{order['id']}"
    for builtin in nonce.sample(BUILTIN, 2):
        kind, text = nonce(16).capitalize(), nonce(20)

        def fail(_call, made=(builtin, kind, text)):
            raise TwinRaise("Unexpected", *made)

        shop.app.serve("payments.charge", fail)
        reply = shop.ask("POST", f"{path}/pay", person)
        expect.status(reply, 500, "POST /orders/{id}/pay should be 500 when payments.charge raises what nobody expects.")
        secrets = {text: "the text of the exception", kind: "the type of the exception", "Traceback": "a traceback"}
        secrets |= {"payments.py": "a traceback", shop.world.secret: "JWT_SECRET"}
        shown = reply.text + json.dumps(dict(reply.headers))
        hides(shown, secrets, "A 500", "What happened is for the log; a client can do nothing with it, an attacker can.", reply)
        reply = shop.ask("GET", path, person)
        expect.keys(reply, order, "After a payment that failed, the order should not be paid.")
    shop.app.serve("payments.charge", lambda _call: text)
    reply = shop.ask("POST", f"{path}/pay", person)
    expect.keys(reply, {**order, "receipt": text}, "POST /orders/{id}/pay should be 200 when payments.charge works again.")


def saved_hashes(shop, *people):
    """Return {hash: what it is} for these people, the old hashes included."""
    found = {person.old_hash: "an old hash" for person in people if person.old_hash}
    for person in people:
        found |= {row[0]: "a hash" for row in shop.rows("SELECT password_hash FROM users WHERE id = ?", person.id)}
    return {text: what for text, what in found.items() if text}


@point("nothing-leaks")
def test_answers_show_what_is_listed(client, shop, expect, hides, nonce):
    old, other = shop.members(2)
    joined = shop.join()
    replies = [("user", "POST /register", client.post("/register", json=joined))]
    body = expect.keys(replies[0][2], {"username": joined["username"]}, "POST /register should be 201.", status=201)
    new = shop.person(body, joined)
    entered = shop.login(new.name, new.password)
    shop.enter(new)
    admin, order = shop.world.admin, old.order
    address = {"address": shop.address()}
    item = {"product_id": nonce.choice(shop.world.products)["id"], "qty": 1}
    replies += [
        ("user", "GET /users/{id}", shop.ask("GET", f"/users/{old.id}", old)),
        ("user", "GET /users/{id}, for an admin,", shop.ask("GET", f"/users/{new.id}", admin)),
        ("user", "PATCH /users/{id}", shop.ask("PATCH", f"/users/{old.id}", old, json={"profile": shop.profile()})),
        ("user", "GET /admin/users", shop.ask("GET", "/admin/users", admin)),
        ("product", "GET /products", client.get("/products")),
        ("product", "GET /products, sorted,", client.get("/products", params={"q": " ", "sort": "price", "order": "desc"})),
        ("order", "POST /orders", shop.ask("POST", "/orders", old, json={"items": [item], **address})),
        ("order", "GET /orders/{id}", shop.ask("GET", f"/orders/{order['id']}", old)),
        ("order", "PATCH /orders/{id}", shop.ask("PATCH", f"/orders/{order['id']}", old, json=address)),
        ("order", "POST /orders/{id}/pay", shop.ask("POST", f"/orders/{order['id']}/pay", old)),
    ]
    secrets = {one.password: "a password" for one in (old, other, new)} | saved_hashes(shop, old, other, new)
    secrets[shop.world.secret] = "JWT_SECRET"
    for kind, title, reply in replies:
        expect.status(reply, (200, 201), f"{title} should succeed.")
        shown = expect.read(reply, f"{title} should answer JSON.")
        for one in shown if isinstance(shown, list) and shown else [shown]:
            keys = sorted(one) if isinstance(one, dict) else one
            because = f"{title} should show a {kind} with the keys that are listed: not all that a table has is for everybody."
            expect.equal(sorted(KEYS[kind]), keys, because, reply=reply)
        hides(reply.text, secrets, f"The answer of {title}", "Nobody has a use for it but those who should not have it.", reply)
    claims = json.dumps(shop.claims(new.token)) + json.dumps(shop.claims(old.token))
    because = "Anybody who has a token can read what is in it."
    hides(entered.text + claims, secrets, "The answer of POST /login, with what stands in its token,", because, entered)


@point("nothing-leaks")
def test_the_log_keeps_no_secrets(client, shop, expect, hides, nonce):
    old, other = shop.members(2)
    new = shop.registered()
    shop.enter(new)
    wrong = f"{new.password}{nonce(4)}"
    expect.status(shop.login(other.name, wrong), 401, "POST /login should be 401 for a wrong password.")
    unknown = nonce(16)
    expect.status(shop.login(nonce(), unknown), 401, "POST /login should be 401 for an unknown name.")
    refused = shop.join(username="x")
    expect.status(client.post("/register", json=refused), 422, "POST /register should be 422 for a username of one letter.")
    # Whoever prints what is wrong with a body prints that part of it, or all of it where a key is missing.
    long, loose, nameless = shop.join(password=nonce(129)), shop.join(), nonce(14)
    del loose["profile"]
    for path, body in (("/register", long), ("/register", loose), ("/login", {"password": nameless})):
        client.post(path, json=body)
    taken = shop.join(username=new.name)
    expect.status(client.post("/register", json=taken), 409, "POST /register should be 409 for a username that is taken.")
    for person in (old, new):
        reply = shop.ask("PATCH", f"/users/{person.id}", person, json={"profile": shop.profile()})
        expect.status(reply, 200, "PATCH /users/{id} should be 200 for this user.")
    forged = f"{old.token[:-4]}{nonce(4)}"
    expect.status(shop.ask("GET", f"/users/{old.id}", forged), 401, "GET /users/{id} should be 401 for a forged token.")

    def fail(_call):
        raise TwinRaise("Unexpected", "RuntimeError", "Broken", nonce())

    shop.app.serve("payments.charge", fail)
    reply = shop.ask("POST", f"/orders/{old.order['id']}/pay", old)
    expect.status(reply, 500, "POST /orders/{id}/pay should be 500 when payments.charge raises what nobody expects.")
    passwords = [new.password, old.password, wrong, unknown, nameless]
    passwords += [body["password"] for body in (refused, long, loose, taken)]
    secrets = dict.fromkeys(passwords, "a password")
    secrets |= {person.token.rpartition(".")[2]: "a token" for person in (old, new)}
    secrets |= {forged.rpartition(".")[2]: "a token", shop.world.secret: "JWT_SECRET", **saved_hashes(shop, old, new)}
    because = "Logs are kept for long, copied to other places, and read by many."
    hides(shop.app.log(), secrets, "What the app prints", because)


def header(reply):
    return f"{ALLOW_ORIGIN}: {reply.headers[ALLOW_ORIGIN]}" if ALLOW_ORIGIN in reply.headers else f"no header {ALLOW_ORIGIN}"


def preflight(client, path, origin, method):
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization,content-type"}
    return client.options(path, headers={"Origin": origin, **asked})


def listed(reply, name):
    return {entry.strip().lower() for entry in reply.headers.get(name, "").split(",")}


CALLS = (("/products", "GET"), ("/login", "POST"), ("/orders/1", "PATCH"))


def check_allowed(client, origin, expect):
    """A page on this origin may call the API."""
    may = f"A page on {origin}, which is in ALLOWED_ORIGINS,"
    expected = f"{ALLOW_ORIGIN}: {origin}"
    reply = client.get("/products", headers={"Origin": origin})
    expect.status(reply, 200, f"{may} should get its products.")
    good = reply.headers.get(ALLOW_ORIGIN) == origin
    expect.that(good, f"{may} should get permission.", expected=expected, got=header(reply), reply=reply)
    for path, method in CALLS:
        reply = preflight(client, path, origin, method)
        because = f"{may} should get permission when its browser asks for {method} {path} with Authorization and Content-Type."
        good, got = reply.is_success and reply.headers.get(ALLOW_ORIGIN) == origin, f"{reply.status_code}, {header(reply)}"
        expect.that(good, because, expected=f"a 2xx status, {expected}", got=got, reply=reply)
        for kind, wanted in (("Methods", {method.lower()} - {"get", "post"}), ("Headers", {"authorization", "content-type"})):
            name = f"Access-Control-Allow-{kind}"
            found = listed(reply, name)
            # The one header that * does not permit is Authorization.
            good = wanted <= found or ("*" in found and "authorization" not in wanted - found)
            expect.that(good, because, expected=f"{name}: {', '.join(sorted(wanted))}", got=sorted(found), reply=reply)


def check_refused(client, origin, expect, when=""):
    """A page on this origin gets no permission, for a request with a cookie or a token or without, and before it."""
    because = f"A page on {origin}, which is not in ALLOWED_ORIGINS, should get no permission{when}."
    replies = [preflight(client, path, origin, method) for path, method in CALLS]
    extra = ({}, {"Cookie": "session=1"}, {"Authorization": "Bearer x"})
    replies += [client.get("/products", headers={"Origin": origin, **more}) for more in extra]
    for reply in replies:
        refused = reply.headers.get(ALLOW_ORIGIN) not in (origin, "*")
        expect.that(refused, because, expected=f"no header {ALLOW_ORIGIN}", got=header(reply), reply=reply)


def check_pages(client, status, because, expect):
    """The three pages of the documentation have this status; return their replies."""
    replies = {path: client.get(path) for path in PAGES}
    for path, reply in replies.items():
        expect.status(reply, status, f"GET {path} should be {status} {because}")
    return replies


@point("exposure")
def test_settings(client, shop, expect, nonce):
    good, evil = [f"https://{nonce()}.example" for _origin in range(2)], f"https://{nonce()}.example"
    port = nonce.number(3000, 9000)
    good.append(f"http://localhost:{port}")
    bad = [f"{good[0]}.{nonce(4)}.example", good[0].replace("https", "http"), good[0].replace("://", f"://{nonce(3)}.")]
    bad += [f"http://localhost:{port + 1}", "null"]
    reason = "a map of all routes is a gift to whoever looks for a hole."
    check_refused(client, evil, expect, " when that variable is missing")
    check_pages(client, 404, f"when APP_ENV is missing: {reason}", expect)
    shop.start(APP_ENV="prod", ALLOWED_ORIGINS=",".join(good))
    for origin in good:
        check_allowed(client, origin, expect)
    for origin in (evil, *bad):
        check_refused(client, origin, expect)
    check_pages(client, 404, f"in prod: {reason}", expect)
    shop.start(APP_ENV="dev", ALLOWED_ORIGINS="")
    check_refused(client, evil, expect, " when that variable is empty")
    reply = check_pages(client, 200, "in dev.", expect)["/openapi.json"]
    because = "In dev, GET /openapi.json should have the routes of the shop."
    schema = expect.read(reply, because)
    paths = schema.get("paths") if isinstance(schema, dict) else None
    wanted = ("/products", "/register", "/login", "/admin/users", "/orders")
    whole = isinstance(paths, dict) and set(wanted) <= set(paths)
    expect.that(whole, because, expected=", ".join(wanted), got=paths, reply=reply)

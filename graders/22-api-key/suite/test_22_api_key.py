"""The hidden suite of 22-api-key."""

import hashlib
import json

import pytest

from gradewright.suite import Raise, Value, point

ROUTES = ("/partner/whoami", "/partner/orders")
#: How an app may refuse a request where another point is at stake: that it must be 401 is the matter of key-required.
REFUSED = (401, 403, 422)
#: Names under which people look for keys in a query or a cookie.
NAMES = ("X-API-Key", "x-api-key", "x_api_key", "api_key", "apikey", "api-key", "key", "token")


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def shows(key):
    """Return the headers of a request with this key."""
    return {"X-API-Key": key}


class Store:
    """The grader's side of keys.py: which hashes it knows, and what was asked for."""

    def __init__(self, app, nonce):
        self.nonce = nonce
        self.records = {}
        self.twin = app.serve("keys.find", self._answer)

    def _answer(self, call):
        digest = call.args[0]
        return self.records.get(digest) if isinstance(digest, str) else None

    def key(self):
        """Return a key that nobody has: letters of both cases, and digits."""
        return "".join(self.nonce.choice((sign, sign.upper())) for sign in self.nonce(self.nonce.randint(20, 40)))

    def partner(self, *, active=True):
        """Make a partner; return the key and the record, which may be changed."""
        key, record = self.key(), {"name": self.nonce(), "active": active}
        self.records[sha256(key)] = record
        return key, record


@pytest.fixture(autouse=True)
def store(app, nonce):
    return Store(app, nonce)


def knows(client, key, name, expect, because="With a valid key, GET /partner/whoami should show whose key it is."):
    """The key opens /partner/whoami, and the answer shows whose it is."""
    expect.json(client.get("/partner/whoami", headers=shows(key)), {"name": name}, because)


def refused(client, key, expect, because):
    """The key does not open /partner/whoami."""
    expect.status(client.get("/partner/whoami", headers=shows(key)), 401, because)


@point("key-required")
def test_a_key_opens_for_its_partner(client, store, expect):
    made = [store.partner() for _partner in range(3)]
    for key, record in (*made, *reversed(made)):
        knows(client, key, record["name"], expect)


@point("key-required")
def test_no_other_key_opens(client, store, expect, nonce):
    key, record = store.partner()
    store.partner()
    knows(client, key, record["name"], expect)
    wrong = [
        (None, "Without X-API-Key"),
        ("", "With an empty X-API-Key"),
        (store.key(), "With a key that nobody has"),
        (key[:-1], "With a valid key that lacks its last character"),
        (key[: nonce.randint(4, 12)], "With the beginning of a valid key"),
        (key[1:], "With a valid key that lacks its first character"),
        (key + nonce.choice("abc123"), "With a valid key and one more character"),
        (key.swapcase(), "With a valid key in the other case"),
        (sha256(key), "With the hash of a valid key in the place of the key"),
    ]
    for bad, how in nonce.sample(wrong, len(wrong)):
        reply = client.get("/partner/whoami", headers={} if bad is None else shows(bad))
        expect.status(reply, 401, f"{how}, GET /partner/whoami should be 401.")
    knows(client, key, record["name"], expect, "After requests with wrong keys, the valid key should still be valid.")


@point("header-only")
def test_a_key_elsewhere_counts_for_nothing(client, store, expect, nonce):
    key, record = store.partner()
    knows(client, key, record["name"], expect)
    for headers in ({}, shows(store.key())):
        how = "with an unknown key in X-API-Key" if headers else "without X-API-Key"
        for name in NAMES:
            reply = client.get("/partner/whoami", params={name: key}, headers=headers)
            expect.status(
                reply,
                REFUSED,
                f"A request {how} should be refused although its query has a valid key as {name}: "
                "queries end up in logs and histories.",
            )
            reply = client.get("/partner/whoami", headers={**headers, "Cookie": f"{name}={key}"})
            because = f"A request {how} should be refused although it has a valid key in the cookie {name}."
            expect.status(reply, REFUSED, because)
        for value in (f"Bearer {key}", f"ApiKey {key}", key):
            reply = client.get("/partner/whoami", headers={**headers, "Authorization": value})
            because = f"A request {how} should be refused although it has a valid key in its Authorization header."
            expect.status(reply, REFUSED, because)


@point("header-only")
def test_the_header_decides(client, store, expect, nonce):
    key, record = store.partner()
    other, _record = store.partner()
    for value in (other, store.key(), ""):
        for name in nonce.sample(NAMES, 3):
            reply = client.get("/partner/whoami", params={name: value}, headers=shows(key))
            expect.json(
                reply,
                {"name": record["name"]},
                f"With a valid key in X-API-Key, GET /partner/whoami should show whose it is, whatever {name} is in the query.",
            )


@point("whole-router")
def test_the_guard_covers_the_router_and_nothing_else(client, store, expect, nonce):
    key, record = store.partner()
    answers = dict(zip(ROUTES, ({"name": record["name"]}, []), strict=True))
    for path in nonce.sample(ROUTES, 2):
        expect.json(client.get(path, headers=shows(key)), answers[path], f"With a valid key, GET {path} should answer 200.")
        expect.status(client.get(path), REFUSED, f"Without a key, GET {path} should be refused.")
        reply = client.get(path, headers=shows(store.key()))
        expect.status(reply, REFUSED, f"With an unknown key, GET {path} should be refused.")
    for headers in ({}, shows(store.key()), shows(key)):
        expect.json(client.get("/", headers=headers), {"ok": True}, "GET / is open to everybody, with any key and without one.")


@point("whole-router")
def test_both_routes_depend_on_get_partner(app, client, store, expect, nonce):
    key, record = store.partner()
    codes = nonce.sample((402, 409, 410, 412, 418, 423, 424, 428, 451), 2)
    for code in codes:
        with app.override("get_partner", Raise(code)):
            for path in nonce.sample(ROUTES, 2):
                reply = client.get(path, headers=shows(key))
                expect.status(reply, code, f"When get_partner raises {code}, GET {path} should be {code}, as its guard says.")
            expect.json(client.get("/"), {"ok": True}, "GET / should not notice that get_partner raises.")
    name = nonce()
    with app.override("get_partner", Value({"name": name, "active": True})):
        for headers in ({}, shows(key)):
            reply = client.get("/partner/whoami", headers=headers)
            expect.json(
                reply,
                {"name": name},
                "With get_partner replaced, GET /partner/whoami should show the name in the record that it returns now.",
            )
            reply = client.get("/partner/orders", headers=headers)
            expect.json(
                reply, [], "With get_partner replaced by one that lets everybody in, GET /partner/orders should answer."
            )
    knows(client, key, record["name"], expect, "With get_partner back in its place, the key should show whose it is.")


@point("revocable")
def test_a_key_is_looked_up_each_time(client, store, expect, nonce):
    key, record = store.partner()
    never, _record = store.partner(active=False)
    stays, other = store.partner()
    knows(client, key, record["name"], expect)
    for _round in range(nonce.randint(1, 3)):
        record["active"] = False
        refused(
            client, key, expect, "A key that was good a moment ago should be 401 once keys.find says that it is not active."
        )
        refused(client, never, expect, "A key that keys.find knows as not active should be 401.")
        record.update(active=True, name=nonce())
        because = "A key that is active again should be good again, and show the name that keys.find gives now."
        knows(client, key, record["name"], expect, because)
    del store.records[sha256(key)]
    refused(client, key, expect, "A key that was good a moment ago should be 401 once keys.find does not know it any more.")
    knows(client, stays, other["name"], expect, "The key of another partner should still be good.")


@point("revocable")
def test_only_hashes_reach_the_store(client, store, expect, nonce):
    key, record = store.partner()
    for shown, known in ((key, True), (store.key(), False), (key, True)):
        store.twin.forget()
        reply = client.get("/partner/whoami", headers=shows(shown))
        if known:
            expect.json(reply, {"name": record["name"]}, "With a valid key, GET /partner/whoami should show whose key it is.")
        asked = [call.args[0] for call in store.twin.calls]
        expect.that(
            asked and all(digest == sha256(shown) for digest in asked),
            "Each request with a key should call keys.find with the key's SHA-256 as 64 lower-case hexadecimal digits, "
            "and with nothing else.",
            expected=f'keys.find("{sha256(shown)}")',
            got=", ".join(f"keys.find({json.dumps(digest)})" for digest in asked[:5]) or "no call of keys.find",
            reply=reply,
        )


@point("documented-quiet")
def test_the_schema_says_where_the_key_goes(client, store, expect):
    key, record = store.partner()
    knows(client, key, record["name"], expect)
    # A route that is not guarded has nothing to document; that it should be guarded is the matter of whole-router.
    guarded = [path for path in ROUTES if path == ROUTES[0] or client.get(path).status_code in REFUSED]
    reply = client.get("/openapi.json")
    document = expect.read(reply, "GET /openapi.json should answer the schema as JSON.")
    schemes = dig(document, "components", "securitySchemes")
    for path in guarded:
        wanted = dig(document, "paths", path, "get", "security")
        names = [name for entry in wanted if isinstance(entry, dict) for name in entry] if isinstance(wanted, list) else []
        found = [dig(schemes, name) for name in names]
        expect.that(
            any(is_header_key(scheme) for scheme in found),
            f"The schema should say that GET {path} wants an API key in the header X-API-Key, as a security scheme: "
            "that is what partners read, and what the Authorize button of /docs works with.",
            expected=f'for GET {path}, a security scheme {{"type":"apiKey","in":"header","name":"X-API-Key"}}',
            got=found or f"GET {path} has no security scheme",
            reply=reply,
        )


def dig(value, *keys):
    """Return what lies below these keys of nested JSON objects, or None."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def is_header_key(scheme):
    name = dig(scheme, "name")
    place = (dig(scheme, "type"), dig(scheme, "in"), name.lower() if isinstance(name, str) else None)
    return place == ("apiKey", "header", "x-api-key")


@point("documented-quiet")
def test_no_key_is_logged(app, client, store, expect, nonce):
    good, record = store.partner()
    gone, _record = store.partner(active=False)
    sent = [(good, "a valid key"), (gone, "a key that is not active"), (store.key(), "an unknown key")]
    knows(client, good, record["name"], expect)
    for key, what in nonce.sample(sent, len(sent)):
        for path in (*ROUTES, "/"):
            reply = client.get(path, headers=shows(key))
            lines = [line for line in app.log().splitlines() if key in line]
            expect.that(
                not lines,
                f"The log should not hold {what}: whoever reads the log could use it, or guess the right one.",
                expected="a log without keys",
                got=lines[0] if lines else None,
                reply=reply,
            )

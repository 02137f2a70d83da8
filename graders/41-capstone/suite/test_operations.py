"""The hidden suite of 41-capstone: browsers, and those who run the app."""

import signal
from concurrent.futures import ThreadPoolExecutor

from gradewright.suite import point
from gradewright.suite.waiting import wait_until

ALLOW = "access-control-allow-origin"


def strangers(nonce, known):
    """Return origins that look like a known one and are not in the list."""
    return [f"{known}.evil.com", known.replace("://", "://evil-"), f"{known}:8443", known.replace("https", "http"), "null"]


@point("frontend-ready")
def test_pages_on_listed_origins_may_read(client, vault, expect, nonce):
    ada = vault.person()
    document_id = vault.put(ada)
    url = f"/api/v1/documents/{document_id}"
    for origin in vault.origins:
        for method in ("GET", "POST", "DELETE"):
            asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization"}
            reply = client.options(url, headers={"Origin": origin, **asked})
            because = (
                f"A page on an origin in ALLOWED_ORIGINS may {method}, and may send Authorization: the preflight should say so."
            )
            expect.that(reply.is_success, because, expected="status 200", got=reply.status_code, reply=reply)
            said = {name: reply.headers.get(f"access-control-allow-{name}", "") for name in ("origin", "methods", "headers")}
            allowed = said["origin"] in (origin, "*") and "authorization" in said["headers"].lower()
            named = method in ("GET", "POST") or method in said["methods"].upper() or "*" in said["methods"]
            expect.that(allowed and named, because, expected=f"{origin}, {method}, authorization", got=said, reply=reply)
        for headers, status in ((ada.headers, 200), ({}, 401)):
            reply = client.get(url, headers={"Origin": origin, **headers})
            because = "A page on an origin in ALLOWED_ORIGINS should be able to read the answers, those that refuse, too."
            expect.status(reply, status, because)
            expect.equal(origin, reply.headers.get(ALLOW), because, reply=reply)
    known = vault.origins[0]
    for origin in [*strangers(nonce, known), f"https://{nonce()}.example.org"]:
        for ask in (
            lambda origin=origin: client.get(url, headers={"Origin": origin, **ada.headers}),
            lambda origin=origin: client.options(url, headers={"Origin": origin, "Access-Control-Request-Method": "GET"}),
        ):
            reply = ask()
            because = "An origin that is not in ALLOWED_ORIGINS, letter by letter, should get no permission."
            got = reply.headers.get(ALLOW)
            expect.that(got is None or got not in (origin, "*"), because, expected=f"no {ALLOW}", got=got, reply=reply)


@point("frontend-ready")
def test_errors_look_alike(client, vault, expect, nonce):
    ada = vault.person()
    document_id = vault.put(ada)
    expect.status(vault.delete(ada, document_id), 204, "DELETE /api/v1/documents/{id} should be 204.")
    asked = [
        lambda: vault.list(None),
        lambda: vault.log_in(ada.username, nonce()),
        lambda: vault.read(ada, document_id),
        lambda: vault.register(ada.username, nonce()),
        lambda: vault.upload(ada, b"z" * (vault.largest + 1)),
        lambda: vault.list(ada, limit=0),
        lambda: vault.list(ada, cursor=nonce()),
        lambda: client.get(f"/{nonce()}"),
        lambda: client.delete("/api/v1/users"),
    ]
    # Which of them is which error is another point's matter.
    replies = [reply for reply in (ask() for ask in asked) if 400 <= reply.status_code < 500]
    because = "Each error should be a JSON object with the key detail: a page handles all of them alike."
    expect.that(len(replies) > 5, because, expected="errors for nine bad requests", got=f"{len(replies)} errors")
    for reply in replies:
        body = expect.keys(reply, {}, because, status=reply.status_code)
        expect.that("detail" in body, because, expected='{"detail":…}', got=body, reply=reply)


@point("operable")
def test_it_starts_only_when_configured(client, vault, expect, nonce):
    bad = [({"without": (name,)}, f"without {name}") for name in ("DATABASE_URL", "JWT_SECRET", "UPLOAD_DIR")]
    bad += [({"change": {"JWT_SECRET": nonce(31)}}, "with a JWT_SECRET of 31 bytes")]
    bad += [({"change": {"JWT_SECRET": ""}}, "with an empty JWT_SECRET")]
    for options, what in nonce.sample(bad, len(bad)):
        instead = vault.refuses(**options)
        because = f"The app should not start {what}: its process should end with an error, before it serves."
        expect.that(instead is None, because, expected="it ends with an error", got=instead)
    vault.start(change={"JWT_SECRET": nonce(32), "ALLOWED_ORIGINS": ""})
    ada = vault.person()
    because = "With a JWT_SECRET of 32 bytes and without origins the app should start, and work."
    vault.wait_status(ada, vault.put(ada, because=because), "ready", because)


@point("operable")
def test_it_tells_how_it_is(client, vault, expect):
    well = "GET /health/ready should be 200 while the database answers."
    expect.status(client.get("/health/ready"), 200, well)
    expect.status(client.get("/health/live"), 200, "GET /health/live should be 200.")
    for _round in range(2):
        vault.statements = lambda _call: "fail"
        because = "GET /health/ready should be 503 while the database fails: it should ask it each time."
        expect.status(client.get("/health/ready"), 503, because)
        because = "GET /health/live should be 200 while the database fails: a restart would not help."
        expect.status(client.get("/health/live"), 200, because)
        vault.statements = None
        expect.status(
            client.get("/health/ready"), 200, "When the database answers again, GET /health/ready should be 200 again."
        )


@point("operable")
def test_it_stops_cleanly(vault, held, expect, nonce):
    ada = vault.person()
    texts = nonce.tokens(3, 20)
    with ThreadPoolExecutor(1) as pool, vault.embeds.hold():
        # Where the reply waits for the vector nothing is held any more, and that is another point's matter.
        reply, _came = vault.upload_held(ada, texts[0].encode())
        ids = [vault.accepted(reply)]
        ids += [vault.accepted(vault.upload(ada, text.encode(), held=True)) for text in texts[1:]]
        wait_until(lambda: texts[0] in vault.texts(), 1.0)
        with vault.before.hold():
            vault.before.forget()
            waiting = pool.submit(vault.list, ada)
            held(vault.before, lambda: vault.before.calls, "GET /api/v1/documents should ask the database.")
            vault.app.signal(signal.SIGTERM)
            wait_until(lambda: vault.app.worker.dead or waiting.done(), 0.2)
            vault.before.release()
            reply = waiting.result()
        because = "A request that is under way when SIGTERM comes should be answered before the app ends."
        got = [one["id"] for one in vault.page(reply, because)[0] if one.get("id") in ids]
        expect.equal(ids[::-1], got, because, reply=reply)
        vault.embeds.release()
    ended = vault.app.wait_exit()
    because = "After SIGTERM the process should end, within 5 seconds of the last reply and the last embed()."
    # uvicorn ends itself with the signal that it got, once everything is closed.
    well = ended in ({"code": 0}, {"signal": int(signal.SIGTERM)})
    expect.that(well, because, expected="exit code 0", got=ended or "a process that still runs")
    vault.start(keep=True)
    for document_id in ids:
        because = "What was pending when the app was stopped should get ready, then or after the next start."
        vault.wait_status(ada, document_id, "ready", because)

"""The hidden suite of 15-errors."""

import json
import time

from gradewright.suite import TwinRaise, point


@point("domain-mapped")
def test_orders_come_from_the_service(client, service, expect, nonce):
    number = nonce.number()
    reply = client.get(f"/orders/{number}")
    expect.json(reply, service.outcomes["get"], f"GET /orders/{number} should answer with what service.get returned.")
    expect.equal(
        [[number]],
        [call.args for call in service.twins["get"].calls],
        f"GET /orders/{number} should call service.get({number}) once.",
        reply=reply,
    )
    sku, qty = nonce(), nonce.number(1, 100)
    reply = client.post("/orders", json={"sku": sku, "qty": qty})
    expect.json(reply, service.outcomes["place"], "POST /orders should answer with what service.place returned.", status=201)
    expect.equal(
        [[sku, qty]],
        [call.args for call in service.twins["place"].calls],
        "POST /orders should call service.place once, with the sku and the qty of the body.",
        reply=reply,
    )


@point("domain-mapped")
def test_domain_errors_have_their_status_and_code(client, service, errors, nonce):
    for name in nonce.sample(service.functions, 3):
        for kind, status, code in nonce.sample(service.domain, 2):
            service.outcomes[name] = TwinRaise(kind, nonce())
            reply, asked = service.ask(name)
            errors.coded(
                reply,
                status,
                code,
                f"{asked} should be {status} with the code {code} when service.{name} raises service.{kind}.",
            )


@point("one-shape")
def test_http_errors_are_in_shape(client, service, errors, nonce):
    cases = [("GET", "/tea", 418), ("GET", f"/{nonce()}", 404), ("GET", f"/orders/{nonce.number()}/{nonce()}", 404)]
    cases += [
        (nonce.choice(("PUT", "PATCH", "DELETE")), path, 405) for path in ("/orders", f"/orders/{nonce.number()}", "/tea")
    ]
    for method, path, status in nonce.sample(cases, len(cases)):
        reply = client.request(method, path)
        because = f"{method} {path} should be {status}, in the one shape and with the code http_error."
        errors.coded(reply, status, "http_error", because)
        errors.read_shape(reply, because)


@point("one-shape")
def test_the_request_id_comes_back(client, service, errors, expect, nonce):
    for request_id in nonce.tokens(2, 24):
        for reply, asked in service.every_error({"X-Request-ID": request_id}):
            error = errors.read_shape(reply, f"{asked} should answer in the one shape.")
            expect.equal(
                request_id,
                error["request_id"],
                f"{asked} should give the value of the X-Request-ID header back as request_id.",
                reply=reply,
            )


@point("one-shape")
def test_a_request_id_is_made_up(client, service, errors, expect, nonce):
    seen = []
    for reply, asked in service.every_error({}):
        error = errors.read_shape(reply, f"{asked} should answer in the one shape, with a request_id made up.")
        expect.that(
            error["request_id"] not in seen,
            f"{asked} should have a request_id of its own when the request brings none.",
            expected="a request_id that no earlier answer had",
            got=error,
            reply=reply,
        )
        seen.append(error["request_id"])


@point("headers-kept")
def test_headers_of_http_errors_survive(client, service, expect, nonce):
    reply = client.get("/tea")
    expect.status(reply, 418, "GET /tea should be 418.")
    expect.that(
        reply.headers.get("X-Tea") == "green",
        "GET /tea should keep the header X-Tea of the HTTP error.",
        expected="X-Tea: green",
        got=f"X-Tea: {reply.headers['X-Tea']}" if "X-Tea" in reply.headers else "no header X-Tea",
        reply=reply,
    )
    method = nonce.choice(("PUT", "PATCH", "DELETE"))
    for path, allowed in (("/orders", "POST"), (f"/orders/{nonce.number()}", "GET")):
        reply = client.request(method, path)
        expect.status(reply, 405, f"{method} {path} should be 405.")
        expect.that(
            allowed in reply.headers.get("Allow", ""),
            f"{method} {path} should keep the header Allow, which says what is possible instead.",
            expected=f"Allow: {allowed}",
            got=f"Allow: {reply.headers['Allow']}" if "Allow" in reply.headers else "no header Allow",
            reply=reply,
        )


@point("validation-400")
def test_invalid_bodies(client, service, errors, expect, nonce):
    sku, qty = nonce(), nonce.number(1, 100)
    expect.status(client.post("/orders", json={"sku": sku, "qty": 1}), (200, 201), "POST /orders should accept a qty of 1.")
    service.twins["place"].forget()
    bad = (0, -nonce.number(), nonce(), None, nonce.number() + 0.5, [qty])
    cases = [({"sku": sku, "qty": value}, {"body.qty"}) for value in bad]
    cases += [({"sku": sku}, {"body.qty"}), ({"sku": nonce.number(), "qty": qty}, {"body.sku"})]
    cases += [({"qty": qty}, {"body.sku"}), ({}, {"body.sku", "body.qty"})]
    for body, wanted in nonce.sample(cases, len(cases)):
        reply = client.post("/orders", json=body)
        errors.check_fields(reply, wanted, {"body.sku", "body.qty"} - wanted, f"POST /orders with the body {json.dumps(body)}")
    expect.equal(
        0,
        len(service.twins["place"].calls),
        "service.place should not be called for orders that are not valid.",
        reply=reply,
    )


@point("validation-400")
def test_other_invalid_requests(client, service, errors, nonce):
    path = f"/orders/{nonce()}"
    errors.check_fields(client.get(path), {"path.order_id"}, set(), f"GET {path}")
    reply = client.post("/orders", content=f'{{"sku": "{nonce()}", "qty":', headers={"Content-Type": "application/json"})
    errors.check_fields(reply, set(), set(), "POST /orders with a body that is not JSON")


@point("no-echo")
def test_submitted_values_do_not_come_back(client, service, errors, expect, nonce):
    secret = nonce(16)
    for body in nonce.sample(
        (
            {"sku": nonce(), "qty": secret},
            {"sku": secret, "qty": 0},
            {"sku": secret},
            {"sku": nonce(), "qty": {"is": secret}},
        ),
        4,
    ):
        reply = client.post("/orders", json=body)
        refused(
            reply,
            "qty",
            expect,
            f"POST /orders with the body {json.dumps(body)} should be refused, and the answer should name qty.",
        )
        errors.hides(reply, secret, "The answer to an order that is not valid should not repeat the values that were sent.")
    reply = client.get(f"/orders/{secret}")
    refused(reply, "order_id", expect, f"GET /orders/{secret} should be refused, and the answer should name order_id.")
    errors.hides(reply, secret, "The answer to an id that is not valid should not repeat it.")
    reply = client.post("/orders", content=f'{{"sku": "{secret}", "qty":', headers={"Content-Type": "application/json"})
    refused(reply, "", expect, "POST /orders with a body that is not JSON should be refused.")
    errors.hides(reply, secret, "The answer to a body that is not JSON should not repeat it.")


def refused(reply, name, expect, because):
    """The request was refused; whether that is 400 or 422 is validation-400's matter."""
    expect.status(reply, (400, 422), because)
    expect.that(name in reply.text, because, expected=f"an answer with {name} in it", got=reply.text, reply=reply)


@point("safe-500")
def test_unexpected_errors_are_logged_and_not_shown(app, client, service, errors, expect, nonce):
    for name in nonce.sample(service.functions, 3):
        surprise = service.outcomes[name] = service.surprise()
        _builtin, kind, secret = surprise.arguments
        before = len(app.log())
        reply, asked = service.ask(name)
        because = f"{asked} should be 500 with the code internal when service.{name} raises an exception nobody expects."
        errors.coded(reply, 500, "internal", because)
        errors.hides(reply, secret, f"{asked} should not show the text of the exception, which may hold a secret.")
        errors.hides(reply, kind, f"{asked} should not show the type of the exception.")
        errors.hides(reply, "Traceback", f"{asked} should not show a traceback.")
        logged = wait_logged(app, before, secret)
        expect.that(
            secret in logged,
            f"The log should hold the text of the exception behind the 500 of {asked}; otherwise nobody can find the cause.",
            expected=f"a log entry with {secret}",
            got=logged.strip() or "nothing in the log",
            reply=reply,
        )
        expect.that(
            "Traceback" in logged,
            f"The log should hold the traceback of the exception behind the 500 of {asked}.",
            expected="a traceback in the log",
            got=logged,
            reply=reply,
        )


def wait_logged(app, before, text, seconds=2.0):
    """Return what was logged since; a log that is written by a thread may take a moment."""
    deadline = time.monotonic() + seconds
    while True:
        logged = app.log()[before:]
        if (text in logged and "Traceback" in logged) or time.monotonic() > deadline:
            return logged
        time.sleep(0.02)

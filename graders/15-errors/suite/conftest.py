"""The grader's side of the service, and the steps that the tests of 15-errors share."""

import json

import pytest

from gradewright.suite import TwinRaise

BUILTIN = ("RuntimeError", "KeyError", "ValueError", "OSError", "LookupError", "TypeError")
SHAPE = '{"error":{"code":…,"message":…,"request_id":…}}'


class Service:
    """The grader's side of service.py: what each function returns or raises next, and how it was called. It asks, too."""

    functions = ("get", "place", "crash")
    #: The errors of service.py that have a status and a code of their own.
    domain = (("NotFound", 404, "not_found"), ("RuleBroken", 409, "rule_broken"))

    def __init__(self, app, client, nonce):
        self.client, self.nonce = client, nonce
        self.outcomes = {"get": self.order(), "place": self.order(), "crash": self.surprise()}
        self.twins = {name: app.serve(f"service.{name}", self._answer) for name in self.functions}

    def _answer(self, call):
        outcome = self.outcomes[call.name.removeprefix("service.")]
        if isinstance(outcome, TwinRaise):
            raise outcome
        return outcome

    def order(self):
        """Return an order with random values."""
        return {"id": self.nonce.number(), "sku": self.nonce(), "qty": self.nonce.number(1, 100)}

    def surprise(self):
        """Return an exception with a secret type and text."""
        kind, text = self.nonce.tokens(2, 16)
        return TwinRaise("Unexpected", self.nonce.choice(BUILTIN), kind.capitalize(), text)

    def ask(self, name, **options):
        """Send a valid request to the route that calls this function of the service; return the reply and what was asked."""
        if name == "get":
            path = f"/orders/{self.nonce.number()}"
            return self.client.get(path, **options), f"GET {path}"
        if name == "place":
            order = {"sku": self.nonce(), "qty": self.nonce.number(1, 100)}
            return self.client.post("/orders", json=order, **options), "POST /orders"
        return self.client.get("/crash", **options), "GET /crash"

    def every_error(self, headers):
        """Make every kind of error happen in turn; yield its reply and a sentence's beginning."""
        yield self.client.get("/tea", headers=headers), "GET /tea"
        path = f"/{self.nonce()}"
        yield self.client.get(path, headers=headers), f"GET {path}, which does not exist,"
        yield self.client.delete("/orders", headers=headers), "DELETE /orders, a method that this path does not have,"
        yield self.client.get(f"/orders/{self.nonce()}", headers=headers), "GET /orders with a text for the id"
        for name, (kind, _status, _code) in zip(("get", "place"), self.nonce.sample(self.domain, 2), strict=True):
            self.outcomes[name] = TwinRaise(kind, self.nonce())
            reply, asked = self.ask(name, headers=headers)
            yield reply, f"{asked}, when service.{name} raises {kind},"
        yield self.client.get("/crash", headers=headers), "GET /crash, when service.crash raises what nobody expects,"


class Errors:
    """Reads errors as the brief has them; each step has its sentence for when it fails."""

    def __init__(self, expect):
        self.expect = expect

    def read_error(self, reply, because):
        """Return the inner object of an error in the one shape."""
        body = self.expect.read(reply, because)
        error = body.get("error") if isinstance(body, dict) else None
        self.expect.that(isinstance(error, dict), because, expected=SHAPE, got=body, reply=reply)
        return error

    def read_shape(self, reply, because):
        """Return the inner object; it has exactly the keys of the brief, with texts as values."""
        error = self.read_error(reply, because)
        keys = {"code", "message", "request_id"} | ({"fields"} if error.get("code") == "validation" else set())
        exact = self.expect.read(reply, because).keys() == {"error"} and error.keys() == keys
        texts = all(isinstance(error.get(key), str) and error[key] for key in ("code", "message", "request_id"))
        self.expect.that(
            exact and texts, because, expected=f"{SHAPE} with texts in it", got=self.expect.read(reply, because), reply=reply
        )
        return error

    def coded(self, reply, status, code, because):
        """The reply is an error with this status and code; return the inner object."""
        self.expect.status(reply, status, because)
        error = self.read_error(reply, because)
        self.expect.that(error.get("code") == code, because, expected=f"the code {code}", got=error, reply=reply)
        return error

    def check_fields(self, reply, wanted, unwanted, asked):
        """The reply is a 400 whose fields name these places."""
        error = self.coded(reply, 400, "validation", f"{asked} should be 400 with the code validation.")
        fields = error.get("fields")
        listed = isinstance(fields, list) and bool(fields) and all(isinstance(field, str) for field in fields)
        self.expect.that(
            listed,
            f"{asked} should have fields, a list of texts that say where the errors are.",
            expected=f'"fields":{json.dumps(sorted(wanted) or ["…"], ensure_ascii=False)}',
            got=error,
            reply=reply,
        )
        self.expect.that(
            wanted <= set(fields) and not unwanted & set(fields),
            f"{asked} should name {' and '.join(sorted(wanted))} in fields, and nothing that is right.",
            expected=", ".join(sorted(wanted)),
            got=error,
            reply=reply,
        )

    def hides(self, reply, secret, because):
        """The secret is neither in the body nor in a header."""
        headers = ", ".join(f"{name}: {value}" for name, value in reply.headers.multi_items())
        shown = reply.text if secret in reply.text else headers
        self.expect.that(secret not in shown, because, expected=f"an answer without {secret}", got=shown, reply=reply)


@pytest.fixture
def service(app, client, nonce):
    return Service(app, client, nonce)


@pytest.fixture
def errors(expect):
    return Errors(expect)

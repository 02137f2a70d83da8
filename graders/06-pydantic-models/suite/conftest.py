"""What the tests of 06-pydantic-models share: valid signups, FastAPI's validation errors, the schema."""

import pytest


def dig(value, *keys):
    """Return what lies below these keys of nested JSON objects, or None."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


@pytest.fixture
def contact(nonce):
    """Return a function that makes a valid contact."""

    def make(**changes):
        return {"kind": nonce.choice(("email", "phone")), "value": nonce(), **changes}

    return make


@pytest.fixture
def signup(nonce, contact):
    """Return a function that makes a valid signup, whose username needs no normalising: that is field-validator's matter."""

    def make(**changes):
        password = f"{nonce(8)}{nonce.number(0, 9)}"
        address = {"street": f"{nonce()} {nonce.number(1, 99)}", "city": nonce(), "zip": f"{nonce.number(0, 99999):05}"}
        return {
            "username": nonce(),
            "age": nonce.number(19, 119),
            "password": password,
            "password_repeat": password,
            "address": address,
            "contacts": [contact() for _number in range(nonce.number(1, 3))],
            **changes,
        }

    return make


@pytest.fixture
def accepted(client, expect):
    """Send a signup that has to be accepted; what is checked is its city and, unless told otherwise, nothing else."""

    def check(body, because, **values):
        expect.keys(client.post("/signup", json=body), {"city": body["address"]["city"], **values}, because)

    return check


@pytest.fixture
def refused(client, expect):
    """Send a signup that has to be FastAPI's 422 at this place; errors elsewhere may come with it.

    What follows the place is its type's own matter: a union names the part that did not fit.
    """

    def check(body, *place, because):
        reply = client.post("/signup", json=body)
        detail = dig(expect.read(reply, because), "detail") if reply.status_code == 422 else None
        places = [dig(item, "loc") for item in detail] if isinstance(detail, list) else []
        wanted = ["body", *place]
        if any(isinstance(found, list) and found[: len(wanted)] == wanted for found in places):
            expect.status(reply, 422, because)
            return
        expect.error_at(reply, "body", *place, because=because)

    return check


class Schema:
    """The app's /openapi.json. Nothing is asked before a test does so: what fails then is the submission's doing."""

    def __init__(self, client, expect):
        self._client = client
        self._expect = expect
        self._document = None

    def read_body(self, path):
        """Return the reply of /openapi.json and what it says of the JSON body of POST `path`."""
        reply = self._client.get("/openapi.json")
        self._expect.status(reply, 200, "GET /openapi.json should answer 200.")
        self._document = self._expect.read(reply, "GET /openapi.json should answer the schema as JSON.")
        paths = dig(self._document, "paths")
        # A route that was declared with a slash at its end answers as well; its path in the schema has that slash.
        operation = dig(paths, path, "post") or dig(paths, f"{path}/", "post")
        known = ", ".join(paths) if isinstance(paths, dict) else ""
        self._expect.that(
            isinstance(operation, dict),
            f"The schema should list POST {path}.",
            expected=f"POST {path}",
            got=known or "no paths",
            reply=reply,
        )
        return reply, dig(operation, "requestBody", "content", "application/json", "schema")

    def parts(self, *schemas):
        """Return the objects that schemas are made of: references and alternatives, resolved."""
        pending, parts = list(schemas), []
        while pending and len(parts) < 50:
            part = pending.pop()
            if not isinstance(part, dict):
                continue
            parts.append(part)
            target = part.get("$ref")
            if isinstance(target, str):
                pending.append(dig(self._document, *target.removeprefix("#/").split("/")))
            for word in ("anyOf", "oneOf", "allOf"):
                pending += part[word] if isinstance(part.get(word), list) else []
        return parts

    def components(self, schema):
        """Return those parts of a schema that are components with fields, which is what models become."""
        known = dig(self._document, "components", "schemas") or {}
        parts = [part for part in self.parts(schema) if isinstance(part.get("properties"), dict)]
        return [part for part in parts if any(part is other for other in known.values())]


@pytest.fixture
def schema(client, expect):
    return Schema(client, expect)

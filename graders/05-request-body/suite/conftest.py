"""What the tests of 05-request-body share: reading FastAPI's validation errors."""

import pytest


def dig(value, *keys):
    """Return what lies below these keys of nested JSON objects, or None."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


@pytest.fixture
def refused(expect):
    """Check that a reply is FastAPI's 422 and names this place; errors elsewhere may come with it.

    What follows the place is its type's own matter: a union names the part that did not fit, a list the entry.
    """

    def check(reply, *place, because):
        detail = dig(expect.read(reply, because), "detail") if reply.status_code == 422 else None
        places = [dig(item, "loc") for item in detail] if isinstance(detail, list) else []
        if any(isinstance(found, list) and found[: len(place)] == list(place) for found in places):
            expect.status(reply, 422, because)
            return
        expect.error_at(reply, *place, because=because)

    return check


@pytest.fixture
def read_operation(client, expect):
    """Return a function that reads what the schema says of a route: the reply, the document, and the operation."""

    def read(verb, path):
        reply = client.get("/openapi.json")
        expect.status(reply, 200, "GET /openapi.json should answer 200.")
        document = expect.read(reply, "GET /openapi.json should answer the schema as JSON.")
        paths = dig(document, "paths")
        # A route that was declared with a slash at its end answers as well; its path in the schema has that slash.
        operation = dig(paths, path, verb) or dig(paths, f"{path}/", verb)
        expect.that(
            isinstance(operation, dict),
            f"The schema should list {verb.upper()} {path}.",
            expected=f"{verb.upper()} {path}",
            got=(", ".join(paths) if isinstance(paths, dict) else "") or "no paths",
            reply=reply,
        )
        return reply, document, operation

    return read


@pytest.fixture
def read_parts():
    """Return a function that resolves a schema's references and alternatives to the objects it is made of."""

    def read(document, schema):
        pending, parts = [schema], []
        while pending and len(parts) < 50:
            part = pending.pop()
            if not isinstance(part, dict):
                continue
            parts.append(part)
            target = part.get("$ref")
            if isinstance(target, str):
                pending.append(dig(document, *target.removeprefix("#/").split("/")))
            for word in ("anyOf", "oneOf", "allOf"):
                pending += part[word] if isinstance(part.get(word), list) else []
        return parts

    return read

"""What the tests of 04-query-params share: reading FastAPI's validation errors and its schema."""

import pytest


def dig(value, *keys):
    """Return what lies below these keys of nested JSON objects, or None."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


class Schema:
    """The app's /openapi.json. Nothing is asked before a test does so: what fails then is the submission's doing."""

    def __init__(self, client, expect):
        self._client = client
        self._expect = expect
        self._document = None

    def get(self, path):
        """Return the reply of /openapi.json and what it says of GET `path`; a route that is missing there fails."""
        reply = self._client.get("/openapi.json")
        self._expect.status(reply, 200, "GET /openapi.json should answer 200.")
        self._document = self._expect.read(reply, "GET /openapi.json should answer the schema as JSON.")
        paths = dig(self._document, "paths")
        # A route that was declared with a slash at its end answers as well; its path in the schema has that slash.
        operation = dig(paths, path, "get") or dig(paths, f"{path}/", "get")
        known = ", ".join(paths) if isinstance(paths, dict) else ""
        self._expect.that(
            isinstance(operation, dict),
            f"The schema should list GET {path}.",
            expected=f"GET {path}",
            got=known or "no paths",
            reply=reply,
        )
        return reply, operation

    def parameter(self, operation, place, name):
        """Return what the schema says of the parameter `name` in this place, or None; a header's name may have capitals."""
        for item in self._parameters(operation):
            found = str(item.get("name"))
            if item.get("in") == place and (found == name or (place == "header" and found.lower() == name.lower())):
                return item
        return None

    def show(self, operation):
        """Return the parameters that are documented, for people."""
        return ", ".join(f"{item.get('name')} in {item.get('in')}" for item in self._parameters(operation)) or "no parameters"

    def of(self, parameter):
        """Return the schema of a parameter, or None."""
        return dig(parameter, "schema")

    def parts(self, schema):
        """Return the objects a schema is made of: references and alternatives, resolved."""
        pending, parts = [schema], []
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

    def _parameters(self, operation):
        listed = dig(operation, "parameters")
        return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []


@pytest.fixture
def schema(client, expect):
    return Schema(client, expect)


@pytest.fixture
def refused(expect):
    """Check that a reply is FastAPI's 422 for the input `name`, or for any in this place.

    What follows the name in the location is its type's own matter: a union names the part that did not fit.
    """

    def check(reply, place, name=None, *, because):
        detail = dig(expect.read(reply, because), "detail") if reply.status_code == 422 else None
        places = [dig(item, "loc") for item in detail] if isinstance(detail, list) else []
        found = [loc for loc in places if isinstance(loc, list) and len(loc) > 1 and loc[0] == place]
        if any(name is None or loc[1] == name for loc in found):
            expect.status(reply, 422, because)
            return
        expect.error_at(reply, place, name or "x-client-version", because=because)

    return check

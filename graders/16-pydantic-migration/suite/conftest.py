"""What the tests of 16-pydantic-migration share: valid users, the stored rows, the routes that use models.User, refusals."""

import string

import pytest


def dig(value, *keys):
    """Return what lies below these keys of nested JSON objects, or None."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


@pytest.fixture
def models(app):
    """Serve, beside the app's own routes, routes that use its models.User; see worker/gradewright_models.py."""
    app.restart(app="gradewright_models:app")


@pytest.fixture
def user(nonce):
    """Return a function that makes a valid user that needs neither tidying nor conversion, by alias."""

    def make(**changes):
        first, last = sorted((day(nonce), day(nonce)))
        return {
            "id": nonce.number(),
            "userName": f"{nonce()} {nonce()}",
            "phone": f"+{nonce.number(10, 99)} {nonce.number(10_000, 99_999)}",
            "nickname": nonce(),
            "tags": nonce.tokens(nonce.number(2, 4)),
            "start": first,
            "end": last,
            **changes,
        }

    return make


def day(nonce, year=None):
    """Return a date, in a random year unless told otherwise."""
    return f"{year or nonce.number(1990, 2060)}-{nonce.number(1, 12):02}-{nonce.number(1, 28):02}"


@pytest.fixture
def out_of_order(nonce, user):
    """Return a function that makes a user whose start is after its end; all else is valid."""

    def make():
        year = nonce.number(1990, 2060)
        cases = [(day(nonce, year + 1), day(nonce, year)), (f"{year}-05-10", f"{year}-05-09")]
        start, end = nonce.choice(cases)
        return user(start=start, end=end)

    return make


@pytest.fixture
def mixed(nonce):
    """Return a function that makes a text with small and capital letters."""

    def make():
        return f"{nonce.choice(string.ascii_uppercase)}{nonce(5)}{nonce.choice(string.ascii_uppercase)}"

    return make


@pytest.fixture
def rows(app):
    """What db.get returns, by id: change it in a test. `calls` on the twin tells what was asked."""
    stored = {}
    twin = app.serve("db.get", lambda call: stored.get(call.args[0]) if len(call.args) == 1 else None)
    return stored, twin


@pytest.fixture
def refused(client, expect):
    """Send a user that has to be FastAPI's 422 at one of these places of the body; errors elsewhere may come with it.

    What follows the place is its type's own matter: a list names the entry, a union the part that did not fit.
    """

    def check(body, *names, because):
        reply = client.post("/users", json=body)
        detail = dig(expect.read(reply, because), "detail") if reply.status_code == 422 else None
        places = [dig(item, "loc") for item in detail] if isinstance(detail, list) else []
        if any(isinstance(found, list) and found[:2] == ["body", name] for found in places for name in names):
            expect.status(reply, 422, because)
            return
        expect.error_at(reply, "body", names[0], because=because)

    return check


@pytest.fixture
def send_import(client):
    """Return a function that sends a text to POST /users/import."""

    def send(text, kind="text/plain"):
        return client.post("/users/import", content=text.encode(), headers={"Content-Type": kind})

    return send

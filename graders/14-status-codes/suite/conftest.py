"""Notes as a client of 14-status-codes sees them."""

import re
import string
from urllib.parse import quote
from uuid import UUID

import pytest

KEYS = ("id", "title", "text", "owner")


class Notes:
    """Makes notes through the app. That a created note is 201 is the matter of one point: elsewhere 200 will do."""

    def __init__(self, client, expect, nonce):
        self.client = client
        self.expect = expect
        self.nonce = nonce

    def body(self, **values):
        """Return a valid body of POST /notes, with these values in it."""
        return {"title": self.nonce(), "text": self.nonce(16), **values}

    def post(self, user, body):
        return self.client.post("/notes", json=body, headers={"X-User": user} if user else {})

    def make(self, user, because="POST /notes should make a note.", **values):
        """Make a note of this user; return it as it was shown, and its path."""
        body = self.body(**values)
        reply = self.post(user, body)
        self.expect.status(reply, (200, 201), because)
        return self.read(reply, {**body, "owner": user})

    def read(self, reply, values):
        """Return the note that a reply shows, which has these values, and its path."""
        because = f"The reply of POST /notes should show the note as {', '.join(KEYS)}."
        note = self.expect.keys(reply, values, because, status=reply.status_code)
        number = note.get("id")
        self.expect.that(
            type(number) in (int, str) and number != "",
            because,
            expected="an integer or a text as id",
            got=note,
            reply=reply,
        )
        return {key: note[key] for key in KEYS}, f"/notes/{quote(str(number), safe='')}"

    def gone(self, user):
        """Return the path of a note that never was: its id has the form of those that the app gives."""
        note, _path = self.make(user)
        return f"/notes/{quote(str(unlike(note['id'], self.nonce)), safe='')}"


def unlike(number, nonce):
    """Return an id of the same form that nobody has."""
    if type(number) is int:
        return abs(number) + nonce.number(1_000_000, 1_000_000_000)
    if number.isdecimal():
        return str(int(number) + nonce.number(1_000_000, 1_000_000_000))
    if re.fullmatch(r"[0-9a-fA-F]{8}(-?)[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{12}", number):
        return _other_uuid(number, nonce)
    return "".join(_same_kind(sign, nonce) for sign in number)


def _other_uuid(number, nonce):
    """Return another UUID of the same version and variant: the thirteenth and the seventeenth digit say these."""
    digits = number.replace("-", "")
    made = "".join(digit if place in (12, 16) else nonce.choice("0123456789abcdef") for place, digit in enumerate(digits))
    return str(UUID(made)) if "-" in number else made


def _same_kind(sign, nonce):
    for signs in (string.digits, string.ascii_lowercase[:6], string.ascii_lowercase, string.ascii_uppercase):
        if sign in signs:
            return nonce.choice(signs)
    return sign


@pytest.fixture
def notes(app, client, expect, nonce):
    # Notes of other tests would decide what an app does that gives ids twice: what it loses must not depend on the order.
    app.restart()
    return Notes(client, expect, nonce)

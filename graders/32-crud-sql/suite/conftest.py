"""The grader's side of the database, and the steps that the tests of 32-crud-sql share."""

import base64
import re
import time

import pytest

from gradewright.suite import CommandFailed, TimedOut
from gradewright.suite.waiting import PATIENCE, wait_until

#: Seconds that a held request may last: longer than anything here waits.
LONG = {"extensions": {"limit": 12}}
#: Seconds within which a trivial route answers while a statement waits.
PING = {"extensions": {"limit": 2.5}}
SHOWN = ("id", "name", "email")


class People:
    """Users as the tests make, ask for and compare them. Each test starts the app on a database of its own."""

    def __init__(self, app, client, expect, nonce):
        self.app, self.client, self.expect, self.nonce = app, client, expect, nonce
        self.database = nonce()
        self.before = app.serve("database.before", lambda _call: None)
        self.after = app.serve("database.after", lambda _call: None)

    def start(self, database=None, **graded):
        """Start the app on this database, the test's own by default."""
        settings = {f"GRADED_{name.upper()}": str(value) for name, value in graded.items()}
        self.app.restart({"DATABASE_URL": self.url(database or self.database), **settings})

    @staticmethod
    def url(database):
        return f"sqlite:///{database}.db"

    # Requests

    def email(self):
        """Return an e-mail that nobody has used."""
        return f"zo.{self.nonce(10)}@example.com"

    def name(self):
        return f"Zoë {self.nonce(6).title()}"

    def person(self, **changes):
        """Return the body of a good POST /users."""
        return {"name": self.name(), "email": self.email(), "password": self.nonce(16), **changes}

    def post(self, person, client=None):
        return (client or self.client).post("/users", json=person, **LONG)

    def patch(self, user_id, changes, client=None):
        return (client or self.client).patch(f"/users/{user_id}", json=changes, **LONG)

    def create(self, person=None, because="POST /users with a new e-mail should be 201, with the new user."):
        """Create a user; return what the reply shows."""
        person = person or self.person()
        reply = self.post(person)
        body = self.expect.keys(reply, {"name": person["name"], "email": person["email"]}, because, status=201)
        got = body.get("id")
        self.expect.that(type(got) is int, "A user's id should be an integer.", expected="an integer", got=got, reply=reply)
        return {key: body[key] for key in SHOWN}

    def change(self, user, changes, because="PATCH /users/{id} should change the given keys, and no others."):
        """Change a user; return what it should be from now on."""
        user = {**user, **changes}
        self.expect.keys(self.patch(user["id"], changes), user, because)
        return user

    def rename(self, user, because="PATCH /users/{id} with a name and an e-mail should be 200."):
        """Give a user another name, in a PATCH that has all keys; return what it should be from now on."""
        return self.change(user, {"name": self.name(), "email": user["email"]}, because)

    def check_list(self, users, because, client=None):
        """The list has these users in the order of their ids."""
        reply = (client or self.client).get("/users")
        self.expect.status(reply, 200, "GET /users should be 200.")
        got = self.expect.read(reply, because)
        if isinstance(got, list):
            got = [{key: one[key] for key in SHOWN if key in one} if isinstance(one, dict) else one for one in got]
        self.expect.equal(sorted(users, key=lambda user: user["id"]), got, because, reply=reply)

    def emails(self, reply):
        """Return the e-mails in a list of users."""
        found = self.expect.read(reply, "GET /users should be a list of users.")
        return [one.get("email") for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    # What is in the database, as committed

    def rows(self, database=None, because="The database should have a table users, with the columns that the brief names."):
        """Return {id: {"name", "email", "password_hash"}} as the database's file has them."""
        with self.app.inspect() as inspector:
            try:
                found = inspector.query(
                    f"{database or self.database}.db", "SELECT id, name, email, password_hash FROM users ORDER BY id"
                )
            except CommandFailed as failure:
                self.expect.that(False, because, expected="users(id, name, email, password_hash)", got=str(failure))
        return {row[0]: dict(zip(("name", "email", "password_hash"), row[1:], strict=True)) for row in found}

    def check_rows(self, users, because, database=None):
        """The table has these users."""
        wanted = [[user["name"], user["email"]] for user in sorted(users, key=lambda user: user["id"])]
        got = [[row["name"], row["email"]] for row in self.rows(database).values()]
        self.expect.equal(wanted, got, because)

    # Statements that are held

    def wait_held(self, twin, waiting, seconds=PATIENCE):
        """Return whether a statement is held; a request that is answered has none."""
        wait_until(lambda: twin.calls or waiting.done(), seconds)
        return bool(twin.calls)

    def wait_all_held(self, twin, count):
        """Wait until so many statements are held, or until it is clear that no more of them come together."""
        wait_until(lambda: twin.calls)
        seen, until = 0, 0
        while (now := len(twin.calls)) < count and (now != seen or time.monotonic() < until):
            if now != seen:
                seen, until = now, time.monotonic() + 0.8
            time.sleep(0.01)

    def check_ping(self, because):
        """A trivial route answers although a statement is held."""
        try:
            reply = self.client.get("/ping", **PING)
        except TimedOut as late:
            self.expect.that(False, because, expected='{"pong":true}', got=str(late), reply=late)
        self.expect.json(reply, {"pong": True}, because)


def disguises(password):
    """Return the password, and how it looks when it is merely written differently."""
    data = password.encode()
    return {password, password[::-1], data.hex(), base64.b64encode(data).decode().rstrip("=")}


def hash_in(text, stored):
    """Return what is written in the text as this hash is: a salt makes another one of the same password."""
    if len(stored) < 40:
        return None  # There may be words like it in any text.
    pattern = ""
    for part in re.findall(r"[\w+/.=-]+|.", stored, re.DOTALL):
        kind = "[0-9a-f]" if re.fullmatch("[0-9a-f]+", part) else r"[\w+/.=-]"
        pattern += f"{kind}{{{len(part)}}}" if re.match(r"[\w+/.=-]", part) else re.escape(part)
    found = re.search(pattern, text)
    return found and found[0]


@pytest.fixture
def people(app, client, expect, nonce):
    people = People(app, client, expect, nonce)
    people.disguises, people.hash_in = disguises, hash_in
    return people

"""The grader's side of the database, and the steps that the tests of 33-async-sql share."""

import contextlib
import json
import time

import pytest

from gradewright.suite import TimedOut
from gradewright.suite.waiting import wait_until

#: Seconds that a request may last that comes alone, and one that others come with or that is held.
ALONE, TOGETHER = 3.5, 6.0
#: Seconds within which a trivial route answers while a statement waits.
PING = {"extensions": {"limit": 2.5}}
#: How statements begin that ask or change something.
ANY = "SELECT|INSERT|UPDATE|DELETE|WITH"


class Library:
    """The rows that the grader makes, what is sent to the database, and the requests. Each test starts the app on its own."""

    def __init__(self, app, client, expect, nonce):
        self.app, self.client, self.expect, self.nonce = app, client, expect, nonce
        self.authors, self.books, self.accounts = {}, {}, {}
        self.seen, self.failing = [], None
        self.limit = ALONE
        self.before = app.serve("database.before", self._statement)
        self.sessions = app.serve("session.event", lambda _call: None)

    def _statement(self, call):
        """Let a statement run, or tell it to fail: the `failing` is (how it begins, the how many-th of these)."""
        verb = call.args[0] if call.args else None
        self.seen.append(verb)
        return "fail" if self.failing == (verb, self.seen.count(verb)) else None

    # Rows

    def fill(self, *, authors=0, accounts=()):
        """Make up rows: authors in no order, some without books, books whose titles are in no order, and these balances."""
        nonce = self.nonce
        ids = nonce.sample(range(1, 10_000), authors + len(accounts))
        self.authors = {author_id: f"Stanisław {nonce(6).title()}" for author_id in ids[:authors]}
        self.accounts = dict(zip(ids[authors:], accounts, strict=True))
        owners = [
            author_id for place, author_id in enumerate(self.authors) if place % 3 != 1 for _book in range(nonce.randint(3, 4))
        ]
        nonce.shuffle(owners)
        book_ids = sorted(nonce.sample(range(1, 10_000), len(owners)))
        self.books = {book_id: (f"Book {nonce(8)}", author_id) for book_id, author_id in zip(book_ids, owners, strict=True)}
        return list(self.accounts)

    def start(self, *, database=None, other=False, **graded):
        """Start the app on a new database with these rows, or on one that is there with its own.

        With `other`, get_session is replaced by one on a second database, which is new.
        """
        name = database or self.nonce()
        rows = {
            "authors": list(self.authors.items()),
            "books": [[book_id, *book] for book_id, book in self.books.items()],
            "accounts": list(self.accounts.items()),
        }
        settings = {f"GRADED_{key.upper()}": str(value) for key, value in graded.items()}
        if other:
            settings["GRADED_OTHER"] = self.url(f"{name}_2")
        self.database = name
        self.app.restart({"DATABASE_URL": self.url(name), "GRADED_ROWS": json.dumps(rows), **settings})
        self.seen.clear()
        self.before.forget()

    @staticmethod
    def url(database):
        return f"sqlite+aiosqlite:///{database}.db"

    def wanted_authors(self):
        """Return what GET /authors should answer."""
        return [
            {
                "id": author_id,
                "name": self.authors[author_id],
                "books": [
                    {"id": book_id, "title": title}
                    for book_id, (title, owner) in sorted(self.books.items())
                    if owner == author_id
                ],
            }
            for author_id in sorted(self.authors)
        ]

    def rows(self, sql, database=None):
        """Return rows of the database's file, as committed."""
        with self.app.inspect() as inspector:
            return inspector.query(f"{database or self.database}.db", sql)

    def check_balances(self, because, database=None, reply=None):
        """The accounts hold what they should."""
        wanted = [list(account) for account in sorted(self.accounts.items())]
        got = self.rows("SELECT id, balance FROM accounts ORDER BY id", database)
        self.expect.that(
            wanted == got,
            because,
            expected=", ".join(f"{balance} in account {account}" for account, balance in wanted),
            got=", ".join(f"{balance} in account {account}" for account, balance in got),
            reply=reply,
        )

    # Requests

    def together(self):
        """From now on requests come together, and each may last longer."""
        self.limit = TOGETHER

    def list(self):
        return self.client.get("/authors", extensions={"limit": self.limit})

    def add(self, title, author_id):
        return self.client.post("/books", json={"title": title, "author_id": author_id}, extensions={"limit": self.limit})

    def move(self, src, dst, amount):
        body = {"src": src, "dst": dst, "amount": amount}
        return self.client.post("/transfers", json=body, extensions={"limit": self.limit})

    def answered(self, ask, because, expected):
        """Return the reply, which has to come."""
        try:
            return ask()
        except TimedOut as late:
            self.expect.that(False, because, expected=expected, got=str(late), reply=late)

    def check_authors(self, reply, because):
        self.expect.json(reply, self.wanted_authors(), because)

    def check_added(self, reply, title, author_id, because):
        """The reply shows a new book, which is there from now on."""
        author = {"id": author_id, "name": self.authors[author_id]}
        body = self.expect.keys(reply, {"title": title, "author": author}, because, status=201)
        got = body.get("id")
        new = type(got) is int and got not in self.books
        self.expect.that(new, "A new book should have an id of its own.", expected="a new integer", got=got, reply=reply)
        self.books[got] = (title, author_id)

    def check_moved(self, reply, src, dst, amount, because):
        """The reply shows the balances after a transfer, which they are from now on."""
        self.accounts[src] -= amount
        self.accounts[dst] += amount
        self.expect.json(reply, {"src": self.accounts[src], "dst": self.accounts[dst]}, because)

    # Statements that are held

    def wait_held(self, waiting, count=1):
        """Return how many statements are held: so many, or fewer if no more of them come together."""
        wait_until(lambda: self.before.calls or all(future.done() for future in waiting))
        seen, until = 0, 0
        while (now := len(self.before.calls)) < count and (now != seen or time.monotonic() < until):
            if now != seen:
                seen, until = now, time.monotonic() + 0.8
            time.sleep(0.01)
        return len(self.before.calls)

    def moment(self):
        """Return for how many seconds to wait for what should come at once: longer on a busy machine."""
        began = time.monotonic()
        with contextlib.suppress(TimedOut):
            self.client.get("/ping", **PING)
        return min(0.3 + 10 * (time.monotonic() - began), 1.5)

    def check_ping(self, because):
        """A trivial route answers although statements are held."""
        reply = self.answered(lambda: self.client.get("/ping", **PING), because, '{"pong":true}')
        self.expect.json(reply, {"pong": True}, because)


@pytest.fixture
def library(app, client, expect, nonce):
    library = Library(app, client, expect, nonce)
    library.any = ANY
    return library

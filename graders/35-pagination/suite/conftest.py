"""What the tests of 35-pagination share: the table of products, which is with the grader."""

import re
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from gradewright.suite import TwinRaise

#: What stands for a name in the app's process: its first letter, the table's version and the name's place in it.
MARK = re.compile(r"[A-Za-z]_([a-z0-9]{16}_[0-9]{5})")


#: When the first product was made. Like all times in the table, it has no time zone.
START = datetime(2026, 1, 3)  # noqa: DTZ001


def by_name(row):
    return row["name"], row["id"]


def by_age(row):
    return row["at"], row["id"]


def mixed(rows, key):
    """Return whether rows with the same first part of the key, if there are any, are written in no order of their ids."""
    found = sorted(rows, key=lambda row: key(row)[0])
    ties = [one["id"] < two["id"] for one, two in pairwise(found) if key(one)[0] == key(two)[0]]
    return len(ties) < 2 or len(set(ties)) == 2


class Table:
    """The rows of products, in the order in which they were written, and what was read of them."""

    def __init__(self, app, nonce):
        self.nonce = nonce
        self.rows = []
        self.used = set()
        self.names = {}
        self.content = None
        app.serve("db.table", self._give)
        self.reads = app.serve("db.rows", self._read)
        self.publish()

    # What the twin asks for, on another thread than the test

    def _give(self, call):
        content = self.content
        return None if call.args[:1] == [content["version"]] else content

    def _read(self, call):
        rows = call.args[0] if call.args else None
        if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            raise TwinRaise("Unserved", "db.rows")
        return [[self._name(value) for value in row] for row in rows]

    def _name(self, value):
        if not isinstance(value, str):
            return value
        return MARK.sub(lambda mark: self.names.get(mark[1], mark[0]), value)

    # What the tests do

    def publish(self):
        """Let the app see the rows as they are now."""
        version = self.nonce(16)
        places = {name: f"{version}_{place:05d}" for place, name in enumerate(sorted({row["name"] for row in self.rows}))}
        self.names.update((mark, name) for name, mark in places.items())
        rows = [
            [row["id"], f"{row['name'][0]}_{places[row['name']]}", f"{row['at']:%Y-%m-%d %H:%M:%S.%f}"] for row in self.rows
        ]
        self.content = {"version": version, "rows": rows}

    def fill(self, count):
        """Put `count` rows there in no order, no two with the same name or the same created_at."""
        starts = self.nonce.sample(range(50 * 24 * 3600), count)
        self._set([self.row(at=START + timedelta(seconds=start, microseconds=start)) for start in starts])

    def fill_same_names(self, count, groups):
        """Put `count` rows there, which share so many names. Some begin with a capital, and no other rows have any."""
        letters = sorted(self.nonce.sample("abcdefghijklmnopqrstuvwxyz", groups))
        # A small letter stands before a capital in the alphabet, and behind it for the database.
        letters = [letters[0], *(self.nonce.choice((one, one.upper())) for one in letters[1:-1]), letters[-1].upper()]
        names = [letter + self.nonce(9) for letter in self.nonce.sample(letters, groups)]
        self._set([self.row(name=names[number % groups]) for number in range(count)])

    def fill_same_age(self, count, size):
        """Put rows of `count` instants (an even number) there, `size` of each. They are pairs, some microseconds apart."""
        rows = []
        for pair in range(count // 2):
            # The two of a pair are in the same millisecond, and the first of all is at a full second.
            early = START + timedelta(days=pair) + timedelta(milliseconds=self.nonce.number(1, 999) if pair else 0)
            for at in (early, early + timedelta(microseconds=self.nonce.number(2, 900))):
                rows += [self.row(at=at) for _row in range(size)]
        self._set(rows)

    def _set(self, rows):
        # Where rows are equal but for their ids, the order in which they were written must not be right by chance.
        for _attempt in range(100):
            self.nonce.shuffle(rows)
            if all(mixed(rows, key) for key in (by_name, by_age)):
                break
        self.rows = rows
        self.publish()

    def row(self, *, id=None, name=None, at=None):  # noqa: A002 - it is the column's name
        """Return a new row, which is not in the table yet."""
        if id is None:
            id = self._unused(1000 * self.nonce.number(110, 990))  # noqa: A001 - it is the column's name
        self.used.add(id)
        at = at or START + timedelta(microseconds=self.nonce.number(0, 5 * 10**12))
        return {"id": id, "name": name or self.nonce(), "at": at}

    def _unused(self, number):
        while number in self.used:
            number += 1000
        return number

    def beside(self, row, side):
        """Return a new row of the same instant, whose id is a little smaller (side -1) or greater (1)."""
        number = row["id"] + side * self.nonce.number(1, 300)
        while number in self.used:
            number += side
        return self.row(id=number, at=row["at"])

    def change(self, *, add=(), remove=()):
        """Let rows come and go."""
        gone = {row["id"] for row in remove}
        self.rows = [row for row in self.rows if row["id"] not in gone] + list(add)
        self.publish()

    def newest(self):
        """Return all rows, the newest first."""
        return sorted(self.rows, key=by_age, reverse=True)

    def behind(self, row):
        """Return the rows that follow this one, the newest first, whether it is still there or not."""
        return [other for other in self.newest() if by_age(other) < by_age(row)]

    def named(self):
        """Return all rows in the order of their names."""
        return sorted(self.rows, key=by_name)

    @staticmethod
    def shown(rows):
        """Return what a reply shows of these rows."""
        return [{"id": row["id"], "name": row["name"]} for row in rows]

    def count_read(self):
        """Return how many rows the database has given since the reads were forgotten last."""
        return sum(len(call.args[0]) for call in list(self.reads.calls) if call.args and isinstance(call.args[0], list))


class Feed:
    """GET /feed, a page at a time, compared with the table as it is at that moment."""

    def __init__(self, client, table, expect, items):
        self.client = client
        self.table = table
        self.expect = expect
        self.items = items

    def ask(self, limit, cursor=None):
        params = {"limit": limit} if cursor is None else {"limit": limit, "cursor": cursor}
        return self.client.get("/feed", params=params)

    def first(self, limit, because="GET /feed should show the newest products first."):
        return self._page(self.ask(limit), self.table.newest(), limit, because)

    def next(self, limit, cursor, last, because):
        return self._page(self.ask(limit, cursor), self.table.behind(last), limit, because)

    def _page(self, reply, rest, limit, because):
        """Check one page, of which `rest` are all rows that are left. Return the last row on it and the next cursor."""
        expect, page = self.expect, rest[:limit]
        got = expect.keys(reply, {}, because)
        expect.equal(self.table.shown(page), self.items(got, reply, because), because, reply=reply)
        cursor = got.get("next_cursor")
        if len(rest) > limit:
            expect.that(
                isinstance(cursor, str) and cursor,
                "GET /feed should give a cursor as long as products follow.",
                expected="a text as next_cursor",
                got=got,
                reply=reply,
            )
        else:
            expect.that(
                "next_cursor" in got and cursor is None,
                "GET /feed should give null as next_cursor when nothing follows, after a full page as well.",
                expected="null as next_cursor",
                got=got,
                reply=reply,
            )
        return (page[-1] if page else None), cursor


@pytest.fixture
def table(app, nonce):
    return Table(app, nonce)


@pytest.fixture
def items(expect):
    """Return a function that reads id and name of each item that a reply shows in data."""

    def read(got, reply, because):
        data = got.get("data")
        expect.that(
            isinstance(data, list) and all(isinstance(item, dict) for item in data),
            because,
            expected="a list of products as data",
            got=got,
            reply=reply,
        )
        return [{key: item[key] for key in ("id", "name") if key in item} for item in data]

    return read


@pytest.fixture
def feed(client, table, expect, items):
    return Feed(client, table, expect, items)

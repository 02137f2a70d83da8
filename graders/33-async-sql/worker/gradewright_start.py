"""The submission's app, with the database that a test wants, seen from the driver's side.

GRADED_ROWS are the rows of the three tables, which are made here. GRADED_CONNECTIONS allows so many connections at a time.
GRADED_BEFORE is a pattern: statements that begin as it says, and commits, are announced before they run; they go on when the
grader lets them, or fail if it says so. GRADED_OTHER puts a session on another database in the place of get_session, as a test
suite would.
"""

import gc
import json
import os
import re
import sqlite3
import sys
import weakref

from gradewright.worker.loader import load_beside
from gradewright.worker.overrides import find
from gradewright.worker.twins import acall, call

# The ids of authors are not SQLite's own row numbers, and books are found by an index that has their titles in it: so rows come
# in the order that was asked for, or in none.
TABLES = """
CREATE TABLE authors (id INT NOT NULL PRIMARY KEY, name VARCHAR NOT NULL);
CREATE TABLE books (
    id INTEGER NOT NULL PRIMARY KEY, title VARCHAR NOT NULL, author_id INTEGER NOT NULL REFERENCES authors (id)
);
CREATE INDEX ix_books_author_id_title ON books (author_id, title);
CREATE TABLE accounts (id INTEGER NOT NULL PRIMARY KEY, balance INTEGER NOT NULL);
"""
COLUMNS = {"authors": "?, ?", "books": "?, ?, ?", "accounts": "?, ?"}

os.environ.setdefault("DATABASE_URL", "sqlite+aiosqlite:///first.db")
rows = json.loads(os.environ.pop("GRADED_ROWS", "{}"))
limit = int(os.environ.pop("GRADED_CONNECTIONS", 0))
before = os.environ.pop("GRADED_BEFORE", None)
other = os.environ.pop("GRADED_OTHER", None)

#: Seconds that a connection waits for a lock, unless the app says otherwise.
LOCKED = 3.0
connect_really = sqlite3.connect
connections = weakref.WeakSet()


def announce(statement):
    found = before and re.match(rf"\s*({before}|COMMIT)\b", statement, re.IGNORECASE)
    if found and call("database.before", found[1].upper()) == "fail":
        raise sqlite3.OperationalError("disk I/O error")


class Cursor(sqlite3.Cursor):
    def execute(self, statement, *parameters):
        announce(statement)
        return super().execute(statement, *parameters)

    def executemany(self, statement, parameters):
        parameters = list(parameters)
        for place, _one in enumerate(parameters):
            try:
                announce(statement)
            except sqlite3.OperationalError:
                super().executemany(statement, parameters[:place])
                raise
        return super().executemany(statement, parameters)


class Connection(sqlite3.Connection):
    def cursor(self, factory=Cursor):
        return super().cursor(factory)

    def commit(self):
        try:
            if self.in_transaction:
                announce("COMMIT")
        except sqlite3.OperationalError:
            # A database that cannot commit has rolled back.
            super().rollback()
            raise
        super().commit()

    def close(self):
        connections.discard(self)
        super().close()


def connect(*args, **options):
    if limit and len(connections) >= limit:
        raise sqlite3.OperationalError(f"{limit} connections are open, and the database allows no more")
    options.setdefault("factory", Connection)
    # Who waits for a lock that nobody gives up costs a grade this long, each time; Python's own default is 5 seconds.
    options.setdefault("timeout", LOCKED)
    made = connect_really(*args, **options)
    # What is committed outlives the process; that it outlives the machine, too, would cost a grade seconds.
    made.execute("PRAGMA synchronous=OFF")
    connections.add(made)
    return made


def create(path):
    """Make the tables, and fill them."""
    database = connect_really(path)
    database.executescript(TABLES)
    for table, marks in COLUMNS.items():
        database.executemany(f"INSERT INTO {table} VALUES ({marks})", rows.get(table, []))
    database.commit()
    database.close()


for url in (os.environ["DATABASE_URL"], other):
    path = (url or "").rpartition("///")[2]
    if path and not os.path.exists(path):
        create(path)
sqlite3.connect = sqlite3.dbapi2.connect = connect
if limit:
    # What nobody closes stays open: whether the garbage collector comes by in time would be a matter of luck.
    gc.disable()

app = load_beside(__file__, tell=True)

if other:
    from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

    kind = (
        sys.modules["sqlmodel.ext.asyncio.session"].AsyncSession
        if "sqlmodel.ext.asyncio.session" in sys.modules
        else AsyncSession
    )
    engine = create_async_engine(other, pool_size=5, max_overflow=0)

    async def other_session():
        await acall("session.event", "open")
        async with kind(engine, expire_on_commit=False) as session:
            yield session
        await acall("session.event", "close")

    for dependency in find(app, "get_session"):
        app.dependency_overrides[dependency] = other_session

"""The twin of db.py. What is in the table is with the grader.

Before a SELECT it asks whether the table has changed, and after it hands in what the database gave: the names in this process
are marks that sort as the names do, and only the grader, who counts the rows, knows what they stand for.
"""

import re
import sqlite3
from collections import deque
from datetime import datetime

from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker
from sqlalchemy.pool import QueuePool

from gradewright.worker.twins import call

_READS = re.compile(r"[\s(]*(select|with|values)\b", re.IGNORECASE)
# The id is not SQLite's own rowid: without an ORDER BY, rows come as they were written, in any order.
_TABLE = "CREATE TABLE products (id INT NOT NULL PRIMARY KEY, name VARCHAR NOT NULL, created_at DATETIME NOT NULL)"


class _Unserved(Exception):
    """No test is running, as at start."""


_ERRORS = {"Unserved": _Unserved}


class _Connection(sqlite3.Connection):
    """A connection with a table of its own, brought up to date before each SELECT."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._version = None
        writer = sqlite3.Cursor(self)
        writer.execute(_TABLE)
        self.commit()

    def cursor(self, factory=None):  # noqa: ARG002 - sqlite3 passes it
        return super().cursor(_Cursor)

    def refresh(self):
        """Ask for the table, if it is not the one this connection has."""
        table = call("db.table", self._version, errors=_ERRORS)
        if table is None:
            return
        writer = sqlite3.Cursor(self)
        writer.execute("DELETE FROM products")
        writer.executemany("INSERT INTO products (id, name, created_at) VALUES (?, ?, ?)", table["rows"])
        self.commit()
        self._version = table["version"]


class _Cursor(sqlite3.Cursor):
    """A cursor that takes all rows of a SELECT at once, as the drivers of most databases do."""

    _taken = None

    def execute(self, statement, *parameters):
        self._taken = None
        if not _READS.match(statement):
            return super().execute(statement, *parameters)
        try:
            self.connection.refresh()
        except _Unserved:
            return super().execute(statement, *parameters)
        super().execute(statement, *parameters)
        rows = super().fetchall()
        if rows:
            rows = [tuple(row) for row in call("db.rows", [list(row) for row in rows], errors=_ERRORS)]
        self._taken = deque(rows)
        return self

    def fetchone(self):
        if self._taken is None:
            return super().fetchone()
        return self._taken.popleft() if self._taken else None

    def fetchmany(self, size=None):
        size = self.arraysize if size is None else size
        if self._taken is None:
            return super().fetchmany(size)
        return [self._taken.popleft() for _row in range(min(size, len(self._taken)))]

    def fetchall(self):
        if self._taken is None:
            return super().fetchall()
        rows, self._taken = list(self._taken), deque()
        return rows

    def __iter__(self):
        return self

    def __next__(self):
        row = self.fetchone()
        if row is None:
            raise StopIteration
        return row


engine = create_engine(
    "sqlite://",
    poolclass=QueuePool,
    max_overflow=50,
    connect_args={"check_same_thread": False, "factory": _Connection},
)
SessionLocal = sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    """The parent of all tables."""


class Product(Base):
    """A product. Several may have the same name, and several the same created_at."""

    __tablename__ = "products"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    created_at: Mapped[datetime]


def get_session():
    """A dependency: one session for the request."""
    with SessionLocal() as session:
        yield session

"""The database: `rows` for what is asked, `change` for what is changed."""

import sqlite3
from contextlib import closing
from pathlib import Path

FILE = Path("shop.db")


def connect():
    connection = sqlite3.connect(FILE)
    connection.row_factory = sqlite3.Row
    return connection


def prepare():
    """Make the database where there is none."""
    if not FILE.exists():
        with closing(connect()) as connection:
            connection.executescript(Path("seed.sql").read_text(encoding="utf-8"))


def rows(sql, *values):
    with closing(connect()) as connection:
        return [dict(row) for row in connection.execute(sql, values)]


def row(sql, *values):
    """Return the first row, or None."""
    return next(iter(rows(sql, *values)), None)


def change(sql, *values):
    """Return the id of a new row."""
    with closing(connect()) as connection, connection:
        return connection.execute(sql, values).lastrowid

"""The submission's app, with the database that a test wants, seen from the driver's side.

GRADED_CONNECTIONS allows so many connections at a time. GRADED_BEFORE and GRADED_AFTER are patterns: statements that begin as
they say are announced before they run, or after, and go on when the grader lets them. GRADED_OTHER puts a session on another
database in the place of get_db, as a test suite would.
"""

import gc
import os
import re
import sqlite3
import sys
import weakref

from gradewright.worker.loader import load_beside
from gradewright.worker.overrides import find
from gradewright.worker.quick_hashes import hasten
from gradewright.worker.twins import call

hasten()
os.environ.setdefault("DATABASE_URL", "sqlite:///first.db")
limit = int(os.environ.pop("GRADED_CONNECTIONS", 0))
before = os.environ.pop("GRADED_BEFORE", None)
after = os.environ.pop("GRADED_AFTER", None)
other = os.environ.pop("GRADED_OTHER", None)

#: Seconds that a connection waits for a lock, unless the app says otherwise.
LOCKED = 3.0
connect_really = sqlite3.connect
connections = weakref.WeakSet()


def announce(name, pattern, statement):
    if pattern and (found := re.match(rf"\s*({pattern})\b", statement, re.IGNORECASE)):
        call(f"database.{name}", found[1].upper())


class Cursor(sqlite3.Cursor):
    def execute(self, statement, *parameters):
        announce("before", before, statement)
        done = super().execute(statement, *parameters)
        announce("after", after, statement)
        return done

    def executemany(self, statement, *parameters):
        announce("before", before, statement)
        done = super().executemany(statement, *parameters)
        announce("after", after, statement)
        return done


class Connection(sqlite3.Connection):
    def cursor(self, factory=Cursor):
        return super().cursor(factory)

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


sqlite3.connect = sqlite3.dbapi2.connect = connect
if limit:
    # What nobody closes stays open: whether the garbage collector comes by in time would be a matter of luck.
    gc.disable()

app = load_beside(__file__, tell=True)

if other:
    from sqlalchemy import create_engine
    from sqlalchemy.orm import Session

    kind = sys.modules["sqlmodel"].Session if "sqlmodel" in sys.modules else Session
    engine = create_engine(other)

    def other_db():
        with kind(engine) as session:
            yield session

    for dependency in find(app, "get_db"):
        app.dependency_overrides[dependency] = other_db

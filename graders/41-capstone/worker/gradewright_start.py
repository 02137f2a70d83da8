"""The submission's app, with the environment and the database that a test wants, seen from the driver's side.

The first start comes before any test and brings no variables, so it gets them here; later ones name in GRADED_WITHOUT what is
missing. In those, what is sent to the database is announced before it runs; it goes on when the grader lets it, or fails if it
says so. GRADED_CONNECTIONS allows so many connections at a time. GRADED_ELSEWHERE puts sessions on another database in the
place of those from get_db, where they are SQLAlchemy's, and tells in any case when they open and close. GRADED_EMBEDDER puts
another embedder in the place of that from get_embedder, as a test suite would.
"""

import contextlib
import functools
import gc
import inspect
import os
import re
import secrets
import sqlite3
import sys
import weakref

from gradewright.worker.loader import load_beside
from gradewright.worker.overrides import find
from gradewright.worker.quick_hashes import hasten
from gradewright.worker.twins import TwinFailed, acall, call

hasten()
for name in filter(None, os.environ.pop("GRADED_WITHOUT", "").split(",")):
    os.environ.pop(name, None)
announced = bool(os.environ.pop("GRADED", None))
if not announced:
    os.environ.setdefault("DATABASE_URL", "sqlite:///first.db")
    os.environ.setdefault("UPLOAD_DIR", "first")
    os.environ.setdefault("JWT_SECRET", secrets.token_hex(32))
    os.environ.setdefault("ALLOWED_ORIGINS", "")
limit = int(os.environ.pop("GRADED_CONNECTIONS", 0))
elsewhere = os.environ.pop("GRADED_ELSEWHERE", None)
replaced = bool(os.environ.pop("GRADED_EMBEDDER", None))

connect_really = sqlite3.connect
connections = weakref.WeakSet()


def announce(statement):
    if not announced:
        return
    # Between two tests nobody listens.
    with contextlib.suppress(TwinFailed):
        if call("database.before", re.match(r"\s*(\w*)", statement)[1].upper()) == "fail":
            raise sqlite3.OperationalError("disk I/O error")


class Cursor(sqlite3.Cursor):
    def execute(self, statement, *parameters):
        announce(statement)
        return super().execute(statement, *parameters)

    def executemany(self, statement, *parameters):
        announce(statement)
        return super().executemany(statement, *parameters)


class Connection(sqlite3.Connection):
    def cursor(self, factory=Cursor):
        return super().cursor(factory)

    def execute(self, statement, *parameters):
        return self.cursor().execute(statement, *parameters)

    def executemany(self, statement, *parameters):
        return self.cursor().executemany(statement, *parameters)

    def __exit__(self, kind, *error):
        if kind is None:
            self.commit()
        else:
            self.rollback()
        return False

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
    announce("CONNECT")
    if limit and len(connections) >= limit:
        raise sqlite3.OperationalError(f"{limit} connections are open, and the database allows no more")
    options.setdefault("factory", Connection)
    made = connect_really(*args, **options)
    # What is committed outlives the process; that it outlives the machine, too, would cost a grade seconds.
    sqlite3.Cursor(made).execute("PRAGMA synchronous=OFF")
    connections.add(made)
    return made


@functools.cache
def engine_elsewhere(kind):
    """Return an engine on the other database; `kind` says whether it is asynchronous."""
    if kind == "async":
        return sys.modules["sqlalchemy.ext.asyncio"].create_async_engine(elsewhere.replace("sqlite:", "sqlite+aiosqlite:", 1))
    return sys.modules["sqlalchemy"].create_engine(elsewhere)


def session_elsewhere(session):
    """Return a session like this one on the other database, or None for a session that is not SQLAlchemy's."""
    asynchronous, orm = sys.modules.get("sqlalchemy.ext.asyncio"), sys.modules.get("sqlalchemy.orm")
    if asynchronous and isinstance(session, asynchronous.AsyncSession):
        return type(session)(engine_elsewhere("async"), expire_on_commit=session.sync_session.expire_on_commit)
    if orm and isinstance(session, orm.Session):
        return type(session)(engine_elsewhere("sync"), expire_on_commit=session.expire_on_commit)
    return None


def counting(original):
    """Return a dependency that tells when `original` opens and closes, and gives a session on the other database.

    What does not yield stays as it is.
    """
    found = original if inspect.isfunction(original) else type(original).__call__
    if inspect.isasyncgenfunction(found):
        opened = contextlib.asynccontextmanager(original)

        @functools.wraps(original)
        async def asynchronous(*args, **options):
            try:
                async with opened(*args, **options) as session:
                    other = session_elsewhere(session)
                    await acall("session.event", "open", other is not None)
                    try:
                        yield session if other is None else other
                    finally:
                        if other is not None:
                            await other.close()
            finally:
                await acall("session.event", "close")

        return asynchronous
    if inspect.isgeneratorfunction(found):
        entered = contextlib.contextmanager(original)

        @functools.wraps(original)
        def synchronous(*args, **options):
            try:
                with entered(*args, **options) as session:
                    other = session_elsewhere(session)
                    call("session.event", "open", other is not None)
                    try:
                        yield session if other is None else other
                    finally:
                        if other is not None:
                            other.close()
            finally:
                call("session.event", "close")

        return synchronous
    return original


class Embedder:
    """What a test suite would put in the embedder's place."""

    def embed(self, text):
        return call("other.embed", text)


sqlite3.connect = sqlite3.dbapi2.connect = connect
if limit:
    # What nobody closes stays open: whether the garbage collector comes by in time would be a matter of luck.
    gc.disable()

app = load_beside(__file__, tell=True)

if elsewhere:
    for dependency in find(app, "get_db"):
        app.dependency_overrides[dependency] = counting(dependency)
if replaced:
    for dependency in find(app, "get_embedder"):
        app.dependency_overrides[dependency] = Embedder

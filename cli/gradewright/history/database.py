"""The file: opened for one piece of work at a time, shared by grades that run at once, kept aside when it cannot be read."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import sqlite3

Result = TypeVar("Result")
#: Work on an open file, inside of one transaction.
Work = Callable[["sqlite3.Connection"], Result]

FILE = "history.db"
VERSION = 1
#: Seconds to wait for grades that end at the same moment and write, too. One write takes a few milliseconds.
BUSY_SECONDS = 15.0
SCHEMA = (
    """
    CREATE TABLE attempts (
        id INTEGER PRIMARY KEY, exercise TEXT NOT NULL, at TEXT NOT NULL, state TEXT NOT NULL, score INTEGER NOT NULL,
        max_score INTEGER NOT NULL, seconds REAL NOT NULL, seed TEXT NOT NULL, submission TEXT NOT NULL
    )
    """,
    "CREATE INDEX attempts_of ON attempts (exercise, id)",
    "CREATE TABLE starts (exercise TEXT PRIMARY KEY, at TEXT NOT NULL)",
    "CREATE TABLE won (exercise TEXT, point TEXT, at TEXT NOT NULL, PRIMARY KEY (exercise, point))",
    "CREATE TABLE hints (exercise TEXT, point TEXT, level INTEGER NOT NULL, PRIMARY KEY (exercise, point))",
    "CREATE TABLE cards (exercise TEXT, point TEXT, due TEXT NOT NULL, card TEXT NOT NULL, PRIMARY KEY (exercise, point))",
    "CREATE TABLE answers (exercise TEXT, point TEXT, at TEXT NOT NULL, rating INTEGER NOT NULL)",
)


class Unusable(Exception):
    """The file cannot be used as it is, and is not to be replaced either; the message says why."""


class _Broken(Exception):
    """The file is no history: damaged, or something else of that name."""


class _Nothing(Exception):
    """The file has no tables yet: another grade is about to make them."""


class History:
    """The history in `folder`. Nothing here fails a command: what goes wrong is told once, and the answer is then empty.

    `tell` takes a sentence for the person. Every method opens the file, does its work in one transaction and closes it.
    """

    def __init__(self, folder: Path, tell: Callable[[str], object]) -> None:
        self.path = folder / FILE
        self._tell = tell
        self._silent = False

    def read(self, work: Work[Result], empty: Result) -> Result:
        """Return what `work` finds, or `empty` where nothing was kept yet or nothing can be read."""
        return self._attempt(work, empty, write=False) if self.path.exists() else empty

    def write(self, work: Work[None]) -> None:
        """Do `work`, which writes; it is done wholly or not at all."""
        self._attempt(work, None, write=True)

    def _attempt(self, work: Work[Result], empty: Result, *, write: bool) -> Result:
        import sqlite3

        for _try in range(2):
            before = _identity(self.path)
            try:
                with self._open(write=write) as connection:
                    return work(connection)
            except (_Broken, sqlite3.DatabaseError) as error:
                if not _is_damage(error):
                    self._complain(f"{self.path} could not be used: {error}. Your progress is not kept meanwhile.")
                    return empty
                if not self._set_aside(before, str(error)):
                    return empty
                if not write:
                    return empty
            except _Nothing:
                return empty
            except (OSError, Unusable) as error:
                reason = error.strerror if isinstance(error, OSError) and error.strerror else error
                self._complain(f"{self.path} could not be used: {reason}. Your progress is not kept meanwhile.")
                return empty
        return empty

    @contextlib.contextmanager
    def _open(self, *, write: bool) -> Iterator[sqlite3.Connection]:
        import sqlite3

        if write:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous = NORMAL")
            # IMMEDIATE takes the write lock first, so that two grades queue instead of deadlocking halfway.
            connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            self._check(connection, write=write)
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()

    def _check(self, connection: sqlite3.Connection, *, write: bool) -> None:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version == VERSION:
            return
        if version > VERSION:
            raise Unusable("a newer Gradewright wrote it")
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] or version:
            raise _Broken("it is another program's database")
        if not write:
            raise _Nothing
        for statement in SCHEMA:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")

    def _set_aside(self, before: tuple[int, int] | None, reason: str) -> bool:
        """Rename the damaged file and its journal, unless another grade has just done so. Returns whether to go on."""
        try:
            with _locked(self.path.parent):
                if before is None or _identity(self.path) != before:
                    return True
                stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%d-%H%M%S")
                aside = next(path for path in _names(self.path, stamp) if not path.exists())
                os.rename(self.path, aside)
                journal = Path(f"{self.path}-journal")
                if journal.exists():
                    os.rename(journal, f"{aside}-journal")
        except OSError as error:
            self._complain(f"{self.path} could not be read ({reason}) nor renamed: {error.strerror}. Progress is not kept.")
            return False
        self._silent = False
        self._complain(f"{self.path} could not be read ({reason}). It was kept as {aside}; your progress starts anew.")
        return True

    def _complain(self, text: str) -> None:
        if not self._silent:
            self._tell(f"note  {text}")
        self._silent = True


def _names(path: Path, stamp: str) -> Iterator[Path]:
    yield path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}")
    for number in range(2, 1000):
        yield path.with_name(f"{path.stem}.damaged-{stamp}-{number}{path.suffix}")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _is_damage(error: Exception) -> bool:
    """Tell a damaged file from one that is locked, full, not ours to write, and so on."""
    import sqlite3

    if isinstance(error, _Broken):
        return True
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    # A table or a column that is missing although the version is right: somebody changed the file.
    changed = isinstance(error, sqlite3.OperationalError) and code == sqlite3.SQLITE_ERROR
    return changed or code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let one process at a time rename. Where the system has no such lock, it refuses to rename an open file anyway."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)

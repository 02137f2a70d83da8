"""A tiny database with sessions. Do not edit it: while grading, a module with the same API replaces it."""

import itertools


class CommitFailed(Exception):
    """The database did not accept what was added."""


class SessionClosed(Exception):
    """The session has been closed."""


_rows = [11, 22, 33]
_numbers = itertools.count(1)


class Session:
    """One conversation with the database. Use open_session() to get one."""

    def __init__(self):
        self._name = f"session {next(_numbers)}"
        self._added = []
        self._open = True
        print(f"{self._name}: open")

    def add(self, value):
        """Add a row, which stays with this session until the commit."""
        self._check("add")
        self._added.append(value)

    def rows(self):
        """Yield the rows, one at a time."""
        index = 0
        while True:
            self._check("row")
            rows = _rows + self._added
            if index == len(rows):
                return
            yield rows[index]
            index += 1

    def commit(self):
        """Make the added rows permanent. Raises CommitFailed."""
        self._check("commit")
        if any(value < 0 for value in self._added):
            raise CommitFailed("a row must not be negative")
        _rows.extend(self._added)
        self._added.clear()

    def rollback(self):
        """Forget the added rows."""
        self._check("rollback")
        self._added.clear()

    def close(self):
        """End the session."""
        print(f"{self._name}: close" if self._open else f"{self._name}: closed once more!")
        self._open = False

    def _check(self, what):
        if not self._open:
            raise SessionClosed(f"{self._name} is closed ({what})")
        if what != "row":
            print(f"{self._name}: {what}")


def open_session():
    """Open a new session."""
    return Session()


class Repo:
    """Questions about the rows that a session sees."""

    def __init__(self, session):
        self.session = session

    def count(self):
        """Return the number of rows."""
        return sum(1 for _row in self.session.rows())

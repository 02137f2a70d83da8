"""The twin of resources.py: the rows, and what becomes of a session, are with the grader."""

from gradewright.worker.twins import call


class CommitFailed(Exception):
    """The database did not accept what was added."""


class SessionClosed(Exception):
    """The session has been closed."""


def _unserved(name):
    return RuntimeError(f"{name} was called outside a request")


_ERRORS = {"CommitFailed": CommitFailed, "SessionClosed": SessionClosed, "Unserved": _unserved}


class Session:
    """One conversation with the database. Use open_session() to get one."""

    def __init__(self, number):
        self.number = number

    def add(self, value):
        """Add a row, which stays with this session until the commit."""
        call("resources.add", self.number, value, errors=_ERRORS)

    def rows(self):
        """Yield the rows, one at a time."""
        index = 0
        while row := call("resources.row", self.number, index, errors=_ERRORS):
            yield row[0]
            index += 1

    def commit(self):
        """Make the added rows permanent. Raises CommitFailed."""
        call("resources.commit", self.number, errors=_ERRORS)

    def rollback(self):
        """Forget the added rows."""
        call("resources.rollback", self.number, errors=_ERRORS)

    def close(self):
        """End the session."""
        call("resources.close", self.number, errors=_ERRORS)


def open_session():
    """Open a new session."""
    return Session(call("resources.open", errors=_ERRORS))


class Repo:
    """Questions about the rows that a session sees."""

    def __init__(self, session):
        self.session = session

    def count(self):
        """Return the number of rows."""
        return call("resources.count", self.session.number, errors=_ERRORS)

"""The twin of db.py: the rows are with the grader."""

from datetime import date

from gradewright.worker.twins import call


class Row:
    """A row of the table of users. Its columns are attributes: it is no dict, and vars() does not work on it."""

    __slots__ = ("end", "id", "name", "nickname", "phone", "start", "tags")

    def __init__(self, **columns):
        for name in self.__slots__:
            setattr(self, name, columns[name])


def _unserved(name):
    return RuntimeError(f"{name} was called outside a request")


def read_row(columns):
    """Make a row of JSON values."""
    dates = {name: date.fromisoformat(columns[name]) for name in ("start", "end")}
    return Row(**{**columns, **dates})


def get(user_id):
    """Return the row of this user, or None."""
    columns = call("db.get", user_id, errors={"Unserved": _unserved})
    return None if columns is None else read_row(columns)

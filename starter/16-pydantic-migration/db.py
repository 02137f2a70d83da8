"""The database, in memory. Do not edit it: while grading, a module with the same function replaces it."""

from datetime import date


class Row:
    """A row of the table of users. Its columns are attributes: it is no dict, and vars() does not work on it."""

    __slots__ = ("end", "id", "name", "nickname", "phone", "start", "tags")

    def __init__(self, **columns):
        for name in self.__slots__:
            setattr(self, name, columns[name])


_rows = {
    1: Row(
        id=1,
        name="Ada Lovelace",
        phone="+44 20 5550100",
        nickname=None,
        tags=["maths", "engines"],
        start=date(2024, 1, 1),
        end=date(2024, 12, 31),
    ),
    2: Row(
        id=2,
        name="Grace Hopper",
        phone="5550199",
        nickname="Amazing Grace",
        tags=[],
        start=date(2025, 3, 1),
        end=date(2025, 3, 1),
    ),
}


def get(user_id):
    """Return the row of this user, or None."""
    return _rows.get(user_id)

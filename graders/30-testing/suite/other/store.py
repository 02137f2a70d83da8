"""Another database for the same API: a list of rows, and ids that start where they like."""

import random
import threading


class Missing(LookupError):
    pass


class Taken(ValueError):
    pass


class Store:
    def __init__(self):
        self.guard = threading.RLock()
        self.ids = 0
        self.clear()

    def clear(self):
        self.rows = []
        self.ids = self.ids or random.randrange(31_000_000, 32_000_000)

    def all(self):
        return [dict(row) for row in self.rows]

    def get(self, todo_id):
        for row in self.rows:
            if row["id"] == todo_id:
                return dict(row)
        raise Missing

    def taken(self, owner, title, but=None):
        return any(row["owner"] == owner and row["title"] == title and row["id"] != but for row in self.rows)

    def add(self, owner, items):
        with self.guard:
            before = list(self.rows)
            for item in items:
                if self.taken(owner, item["title"]):
                    self.rows = before
                    raise Taken
                self.ids += random.randint(1, 3)
                self.rows.append({"done": False, "owner": owner, "id": self.ids, **item})
            return [dict(row) for row in self.rows[len(before) :]]

    def change(self, todo_id, changes):
        with self.guard:
            row = next((row for row in self.rows if row["id"] == todo_id), None)
            if row is None:
                raise Missing
            if self.taken(row["owner"], changes.get("title"), but=todo_id):
                raise Taken
            row.update(changes)
            return dict(row)

    def remove(self, todo_id):
        with self.guard:
            self.rows = [row for row in self.rows if row["id"] != todo_id]

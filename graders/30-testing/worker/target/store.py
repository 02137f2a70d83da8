"""The database of the todo API: in memory. `Store()` is an empty one."""

import threading


class Missing(Exception):
    """There is no todo with this id."""


class Taken(Exception):
    """Its owner has a todo with this title already."""


class Store:
    def __init__(self):
        self._lock = threading.Lock()
        self.clear()

    def clear(self):
        self._todos = {}
        self._last_id = 0

    def add(self, owner, items):
        """Add all of these items, or none of them."""
        with self._lock:
            titles = {todo["title"] for todo in self._todos.values() if todo["owner"] == owner}
            for item in items:
                if item["title"] in titles:
                    raise Taken(item["title"])
                titles.add(item["title"])
            added = []
            for item in items:
                self._last_id += 1
                todo = {"id": self._last_id, "owner": owner, **item, "done": False}
                self._todos[self._last_id] = todo
                added.append(todo)
            return added

    def all(self):
        """Return the todos of everybody, the oldest first."""
        return list(self._todos.values())

    def get(self, todo_id):
        if todo_id not in self._todos:
            raise Missing(todo_id)
        return self._todos[todo_id]

    def change(self, todo_id, changes):
        with self._lock:
            todo = self.get(todo_id)
            for other in self._todos.values():
                if other is not todo and other["owner"] == todo["owner"] and other["title"] == changes.get("title"):
                    raise Taken(other["title"])
            todo.update(changes)
            return todo

    def remove(self, todo_id):
        with self._lock:
            del self._todos[todo_id]

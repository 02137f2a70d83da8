"""The todos, in memory. Do not edit it: while grading, a module with the same functions replaces it."""

import itertools

_numbers = itertools.count(1)
_todos = {}


def list_todos(owner, done=None):
    """Return the todos of this owner, oldest first; only those that are done, or not done, unless `done` is None."""
    return [todo for todo in _todos.values() if todo["owner"] == owner and done in (None, todo["done"])]


def add_todo(owner, title, done):
    """Make a todo and return it."""
    number = next(_numbers)
    _todos[number] = {"id": number, "owner": owner, "title": title, "done": done}
    return _todos[number]


def get_todo(todo_id):
    """Return this todo, whoever owns it, or None."""
    return _todos.get(todo_id)


def delete_todo(todo_id):
    """Delete this todo, whoever owns it."""
    _todos.pop(todo_id, None)

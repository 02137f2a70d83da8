"""Dependency overrides that arrive as data: finds the dependency by name, puts a double in its place, and puts it back.

A double is described by JSON: {"kind": "value" | "async_value" | "raise" | "spy" | "resource", ...}. Values are trees of
{"t": "json" | "list" | "dict" | "namespace", "v": ...}, so that a dependency can also return an object with attributes.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from types import SimpleNamespace
from typing import Any

from gradewright.worker import introspect
from gradewright.worker.link import CommandError


class Overrides:
    """The overrides in force in one worker. A token names what one `set` changed, so that it can be undone."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._active: dict[int, tuple[list[tuple[dict[Any, Any], Any, Any]], list[dict[str, Any]]]] = {}
        self._next = 1

    def set(self, name: str, double: dict[str, Any]) -> dict[str, Any]:
        """Override every dependency called `name`; return {"token", "found"}. Raises CommandError when there is none."""
        tables = introspect.override_tables(self._app)
        if not tables:
            raise CommandError("no_overrides", "the app has no dependency_overrides, so it is not a FastAPI app")
        found = find(self._app, name)
        if not found:
            raise CommandError("no_dependency", f"no dependency called {name} was found")
        calls: list[dict[str, Any]] = []
        replacement = build(double, calls)
        before = [(table, original, table.get(original, _ABSENT)) for table in tables for original in found]
        for table, original, _previous in before:
            table[original] = replacement
        token, self._next = self._next, self._next + 1
        self._active[token] = (before, calls)
        return {"token": token, "found": len(found)}

    def restore(self, token: int) -> int:
        """Undo one `set`; return how often its double was called."""
        before, calls = self._active.pop(token, ([], []))
        for table, original, previous in before:
            if previous is _ABSENT:
                table.pop(original, None)
            else:
                table[original] = previous
        return len(calls)

    def calls(self, token: int) -> list[dict[str, Any]]:
        """Return what the double recorded: one entry a call, or an open and a close for a resource."""
        return list(self._active[token][1]) if token in self._active else []


_ABSENT = object()


def find(app: Any, name: str) -> list[Any]:
    """Return the callables known as `name`: those the routes depend on, then those the submission's modules define.

    Instances and classes have names only in a module, functions also in the dependency tree. Each is returned once.
    """
    used = {id(dependency): dependency for dependency in introspect.dependencies(app)}
    found = {key: dependency for key, dependency in used.items() if getattr(dependency, "__name__", None) == name}
    for module in introspect.own_modules():
        value = vars(module).get(name)
        if value is not None and callable(value) and (id(value) in used or not found):
            found[id(value)] = value
    return list(found.values())


def decode(tree: dict[str, Any]) -> Any:
    """Build the value that a tree describes."""
    kind, value = tree["t"], tree["v"]
    if kind == "list":
        return [decode(item) for item in value]
    if kind == "dict":
        return {key: decode(item) for key, item in value.items()}
    if kind == "namespace":
        return SimpleNamespace(**{key: decode(item) for key, item in value.items()})
    return value


def build(double: dict[str, Any], calls: list[dict[str, Any]]) -> Callable[..., Any]:
    """Return the callable that stands in. Its own signature is empty, so FastAPI asks the request for nothing."""
    kind = double["kind"]
    if kind == "value":
        return _value(double, calls)
    if kind == "async_value":
        return _async_value(double, calls)
    if kind == "raise":
        return _raise(double, calls)
    if kind == "spy":
        return _spy(double, calls)
    if kind == "resource":
        return _resource(double, calls)
    raise CommandError("unknown_double", f"there is no double of the kind {kind}")


def _value(double: dict[str, Any], calls: list[dict[str, Any]]) -> Callable[..., Any]:
    def override() -> Any:
        calls.append({"call": len(calls)})
        return decode(double["value"])

    return override


def _async_value(double: dict[str, Any], calls: list[dict[str, Any]]) -> Callable[..., Any]:
    async def override() -> Any:
        calls.append({"call": len(calls)})
        return decode(double["value"])

    return override


def _raise(double: dict[str, Any], calls: list[dict[str, Any]]) -> Callable[..., Any]:
    def override() -> None:
        from fastapi import HTTPException

        calls.append({"call": len(calls)})
        raise HTTPException(double["status"], double.get("detail"), double.get("headers"))

    return override


def _spy(double: dict[str, Any], calls: list[dict[str, Any]]) -> Callable[..., Any]:
    values = [decode(tree) for tree in double["values"]]

    async def override() -> Any:
        # Runs on the event loop, so counting and choosing the value are one step even under parallel requests.
        number = len(calls)
        calls.append({"call": number})
        return values[number % len(values)]

    return override


def _resource(double: dict[str, Any], calls: list[dict[str, Any]]) -> Callable[..., Any]:
    values = [decode(tree) for tree in double["values"]]

    def opened() -> Any:
        number = sum(1 for call in calls if call["event"] == "open")
        calls.append({"event": "open", "number": number, "at": time.monotonic()})
        return number, values[number % len(values)]

    def closed(number: int, error: BaseException | None) -> None:
        calls.append({"event": "close", "number": number, "at": time.monotonic(), "error": type(error).__name__})

    if double.get("sync"):

        def override() -> Iterator[Any]:
            number, value = opened()
            try:
                yield value
            except BaseException as error:
                closed(number, error)
                raise
            closed(number, None)

        return override

    async def async_override() -> AsyncIterator[Any]:
        number, value = opened()
        try:
            yield value
        except BaseException as error:
            closed(number, error)
            raise
        closed(number, None)

    return async_override

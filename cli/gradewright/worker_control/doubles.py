"""What a suite may put in a dependency's place. Doubles cross to the worker as data; each can say in words what it does."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

Tree = dict[str, Any]


class Namespace:
    """An object with these attributes, for dependencies that return more than plain data."""

    def __init__(self, **attributes: Any) -> None:
        self.attributes = attributes


def encode(value: Any) -> Tree:
    """Return `value` (JSON data, possibly with Namespace objects inside) as a tree the worker can build."""
    if isinstance(value, Namespace):
        return {"t": "namespace", "v": {key: encode(item) for key, item in value.attributes.items()}}
    if isinstance(value, list | tuple):
        return {"t": "list", "v": [encode(item) for item in value]}
    if isinstance(value, dict):
        return {"t": "dict", "v": {str(key): encode(item) for key, item in value.items()}}
    return {"t": "json", "v": value}


def _show(value: Any) -> str:
    if isinstance(value, Namespace):
        inner = ", ".join(f"{key}={_show(item)}" for key, item in value.attributes.items())
        return f"an object with {inner}"
    return json.dumps(value, ensure_ascii=False)


class Double:
    """Base of all doubles."""

    def to_message(self) -> dict[str, Any]:
        raise NotImplementedError

    def sentence(self, name: str) -> str:
        """Return what it does to the dependency `name`, for the report."""
        raise NotImplementedError


@dataclass(frozen=True)
class Value(Double):
    """The dependency returns this value, from a plain function."""

    value: Any

    def to_message(self) -> dict[str, Any]:
        return {"kind": "value", "value": encode(self.value)}

    def sentence(self, name: str) -> str:
        return f"{name} overridden to return {_show(self.value)}"


@dataclass(frozen=True)
class AsyncValue(Double):
    """The dependency returns this value, from a coroutine function."""

    value: Any

    def to_message(self) -> dict[str, Any]:
        return {"kind": "async_value", "value": encode(self.value)}

    def sentence(self, name: str) -> str:
        return f"{name} overridden by a coroutine that returns {_show(self.value)}"


@dataclass(frozen=True)
class Raise(Double):
    """The dependency raises HTTPException with this status."""

    status: int
    detail: Any = None
    headers: dict[str, str] | None = None

    def to_message(self) -> dict[str, Any]:
        return {"kind": "raise", "status": self.status, "detail": self.detail, "headers": self.headers}

    def sentence(self, name: str) -> str:
        return f"{name} overridden to raise {self.status}"


@dataclass(frozen=True)
class Spy(Double):
    """Each call returns the next of `values`, which the grader drew: which value a reply shows proves which call made it."""

    values: tuple[Any, ...]

    def to_message(self) -> dict[str, Any]:
        return {"kind": "spy", "values": [encode(value) for value in self.values]}

    def sentence(self, name: str) -> str:
        return f"{name} overridden by a double that counts its calls"


@dataclass(frozen=True)
class Resource(Double):
    """A yield dependency that records each opening and closing; the n-th opening yields the n-th of `values`."""

    values: tuple[Any, ...] = field(default=(None,))
    sync: bool = False

    def to_message(self) -> dict[str, Any]:
        return {"kind": "resource", "values": [encode(value) for value in self.values], "sync": self.sync}

    def sentence(self, name: str) -> str:
        return f"{name} overridden by a yield dependency that records opening and closing"

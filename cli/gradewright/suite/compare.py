"""Comparing JSON the way a client sees it: true is not 1, "5" is not 5, and every reply may be hostile."""

from __future__ import annotations

import json
from typing import Any

import httpx

MAX_SHOWN = 2000
#: Characters of any text in a record: what a reply names may be as long as the reply.
MAX_TOLD = 4000


class NotJson(Exception):
    """The body is not JSON that can be read; the text says why."""


def same(a: Any, b: Any) -> bool:
    """Return whether two JSON values are equal; booleans differ from numbers, 1 equals 1.0 as it does in JSON."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, int | float) and isinstance(b, int | float):
        return a == b
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return type(a) is type(b) and bool(a == b)


def read_json(reply: httpx.Response) -> Any:
    """Return the body as JSON. Raises NotJson."""
    kind = reply.headers.get("content-type", "")
    if "json" not in kind.lower():
        raise NotJson(f"the reply is {kind or 'without a Content-Type'}, not JSON")
    try:
        return json.loads(reply.content)
    except RecursionError:
        raise NotJson("the JSON is nested too deeply to be read") from None
    except ValueError as error:
        raise NotJson(f"the body is not JSON: {str(error)[:200]}") from None


def told(text: str | None) -> str | None:
    """Return text fit for a record: cut, and lone surrogates (JSON may carry them, UTF-8 may not) written out."""
    if text is None:
        return None
    cut = text if len(text) <= MAX_TOLD else text[:MAX_TOLD] + "…"
    return cut.encode("utf-8", "backslashreplace").decode()


def show(value: Any) -> str:
    """Return a value as compact JSON for people, cut to MAX_SHOWN characters."""
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        text = repr(value)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…"


def show_reply(reply: httpx.Response) -> str:
    """Return a reply's body for people: JSON compacted, anything else as text."""
    try:
        return show(read_json(reply))
    except NotJson:
        text = reply.content[: MAX_SHOWN * 4].decode(errors="replace")
        return text[:MAX_SHOWN]

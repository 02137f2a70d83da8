"""JSON texts as trees that remember where each value stands, for marking differences in the text itself.

The text may come from a submission: length and depth are capped, and no number is converted to int.
"""

from __future__ import annotations

import json
import re
from typing import Literal, NamedTuple

MAX_JSON = 16_000  # characters of one text; beyond this the walk costs more than a reader gains from it
MAX_DEPTH = 60

_TOKEN = re.compile(
    r"[ \t\n\r]*(?:(?P<sign>[{}\[\],:])"
    r'|(?P<text>"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*")'
    r"|(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.]))"
    r"|(?P<word>(?:true|false|null|NaN|-?Infinity)\b))"
)


class Node(NamedTuple):
    """A JSON value and where it stands.

    `same` is equal for equal values, whatever their spacing, escapes and key order. `members` are (key, where
    the member starts, value); in a list the key is "".
    """

    kind: Literal["text", "number", "word", "list", "object"]
    start: int
    end: int
    same: str
    text: str = ""
    members: tuple[tuple[str, int, Node], ...] = ()


def parse(text: str) -> Node | None:
    """Return the value that `text` is, or None when it is not JSON or too much of it."""
    try:
        node, end = _value(text, 0, 0) if len(text) <= MAX_JSON else (None, 0)
    except ValueError:
        return None
    return None if text[end:].strip(" \t\n\r") else node


def _token(text: str, at: int, *signs: str) -> re.Match[str]:
    found = _TOKEN.match(text, at)
    if found is None or (signs and found["sign"] not in signs):
        raise ValueError
    return found


def _value(text: str, at: int, depth: int) -> tuple[Node, int]:
    found = _token(text, at)
    raw, end = found[found.lastgroup or 0], found.end()
    start = end - len(raw)
    if found["text"]:
        value = raw[1:-1] if "\\" not in raw else str(json.loads(raw))
        return Node("text", start, end, repr(value), value), end
    if found["number"] or found["word"]:
        return Node("number" if found["number"] else "word", start, end, raw, raw), end
    if raw not in "[{" or depth >= MAX_DEPTH:
        raise ValueError
    members, end = _members(text, end, "]" if raw == "[" else "}", depth + 1)
    if raw == "[":
        return Node("list", start, end, f"[{','.join(node.same for _, _, node in members)}]", "", members), end
    same = ",".join(sorted(f"{key!r}:{node.same}" for key, _, node in members))
    return Node("object", start, end, f"{{{same}}}", "", members), end


def _members(text: str, end: int, close: str, depth: int) -> tuple[tuple[tuple[str, int, Node], ...], int]:
    members: list[tuple[str, int, Node]] = []
    found = _token(text, end)
    more = found["sign"] != close
    while more:
        key, start = "", -1
        if close == "}":
            found = _token(text, end)
            key, start = str(json.loads(found["text"] or "")), found.start("text")
            end = _token(text, found.end(), ":").end()
        node, end = _value(text, end, depth)
        members.append((key, node.start if start < 0 else start, node))
        found = _token(text, end, ",", close)
        end, more = found.end(), found["sign"] == ","
    return tuple(members), found.end()

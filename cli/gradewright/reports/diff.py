"""Where an expected and a received text part: marked runs for the eye, and one sentence in words.

The second text comes from a submission: lengths, depths and counts are capped, no number is converted to int,
and a text that defeats the JSON walk is still compared character by character.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

from gradewright.model import Mark

MAX_JSON = 16_000  # characters of one text; beyond this the walk costs more than a reader gains from it
MAX_DEPTH = 60
MAX_PLACES = 40
LONG_TEXT = 40  # in longer JSON texts only the differing run is marked, not the whole value

Spans: TypeAlias = list[tuple[int, int]]

_TOKEN = re.compile(
    r"[ \t\n\r]*(?:(?P<sign>[{}\[\],:])"
    r'|(?P<text>"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*")'
    r"|(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.]))"
    r"|(?P<word>(?:true|false|null|NaN|-?Infinity)\b))"
)
# What a terminal or browser would obey, hide or draw like something else: C0 and C1 but tab and line feed,
# odd spaces, zero-width and bidi controls, line separators, lone surrogates, tag characters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u3000\u3164\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_NAMES = {
    " ": "a space",
    "\t": "a tab",
    "\n": "a line end",
    "\r": "a carriage return",
    "\0": "a NUL character",
}
_COUNTS = ("no", "one", "two", "three", "four", "five", "six")


@dataclass(frozen=True, slots=True)
class Difference:
    """The marks of each side, whose texts joined are the input, and the sentence."""

    expected: tuple[Mark, ...]
    got: tuple[Mark, ...]
    note: str


class _Node(NamedTuple):
    """A JSON value and where it stands.

    `same` is equal for equal values, whatever their spacing, escapes and key order. `members` are (key, where
    the member starts, value); in a list the key is "".
    """

    kind: Literal["text", "number", "word", "list", "object"]
    start: int
    end: int
    same: str
    text: str = ""
    members: tuple[tuple[str, int, _Node], ...] = ()


def escape_unseen(text: str) -> str:
    """Return `text` with what acts unseen written out, as in \\x1b or \\u202e; tab and line feed stay."""
    return text if text.isascii() and text.isprintable() else _UNSEEN.sub(lambda hit: _code(hit[0]), text)


def compare(expected: str, got: str) -> Difference:
    """Mark where the two part and say how. Never raises, whatever the texts hold."""
    try:
        left, right = _parse(expected), _parse(got)
    except RecursionError:  # the caller's own stack may be deep already
        left = right = None
    if left and right and left.same != right.same:
        walk = _Walk(expected, got)
        walk.values(left, right, "")
        return Difference(_marks(expected, walk.lefts), _marks(got, walk.rights), walk.sentence())
    one, two = _run(expected, got)
    lone = None if left and right else left or right
    if lone and lone.members:
        one, two = (0, len(expected)), (0, len(got))
    note = _say_plain((expected, got), (left, right), (expected[slice(*one)], got[slice(*two)]))
    return Difference(_marks(expected, [one]), _marks(got, [two]), note)


def _parse(text: str) -> _Node | None:
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


def _value(text: str, at: int, depth: int) -> tuple[_Node, int]:
    found = _token(text, at)
    raw, end = found[found.lastgroup or 0], found.end()
    start = end - len(raw)
    if found["text"]:
        value = raw[1:-1] if "\\" not in raw else str(json.loads(raw))
        return _Node("text", start, end, repr(value), value), end
    if found["number"] or found["word"]:
        return _Node("number" if found["number"] else "word", start, end, raw, raw), end
    if raw not in "[{" or depth >= MAX_DEPTH:
        raise ValueError
    members, end = _members(text, end, "]" if raw == "[" else "}", depth + 1)
    if raw == "[":
        return _Node("list", start, end, f"[{','.join(node.same for _, _, node in members)}]", "", members), end
    same = ",".join(sorted(f"{key!r}:{node.same}" for key, _, node in members))
    return _Node("object", start, end, f"{{{same}}}", "", members), end


def _members(text: str, end: int, close: str, depth: int) -> tuple[tuple[tuple[str, int, _Node], ...], int]:
    members: list[tuple[str, int, _Node]] = []
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


class _Walk:
    """Walks two values side by side; collects the spans that differ and the first difference in words."""

    def __init__(self, expected: str, got: str) -> None:
        self.expected, self.got = expected, got
        self.lefts: Spans = []
        self.rights: Spans = []
        self.first = ""
        self.places = 0

    def sentence(self) -> str:
        more = self.places - 1
        return (
            f"{self.first}; {_count(more, 'more place')} {'differs' if more == 1 else 'differ'}." if more else f"{self.first}."
        )

    def values(self, left: _Node, right: _Node, path: str) -> None:
        """Record how two values that are not the same differ."""
        if left.kind == right.kind == "object":
            self._objects(left, right, path)
        elif left.kind == right.kind == "list":
            self._lists(left, right, path)
        elif left.kind == right.kind == "text" and min(len(left.text), len(right.text)) > LONG_TEXT:
            one, two = _run(self.expected[left.start : left.end], self.got[right.start : right.end])
            spans = (
                [(one[0] + left.start, one[1] + left.start)],
                [(two[0] + right.start, two[1] + right.start)],
            )
            self._add(path, _say_values(left, right), *spans)
        else:
            self._add(path, _say_values(left, right), [left[1:3]], [right[1:3]])

    def _add(self, path: str, words: str, lefts: Spans, rights: Spans) -> None:
        self.places += 1
        self.first = self.first or (f"In {path}: {words}" if path else words[0].upper() + words[1:])
        if self.places <= MAX_PLACES:
            self.lefts += lefts[:MAX_PLACES]
            self.rights += rights[:MAX_PLACES]

    def _objects(self, left: _Node, right: _Node, path: str) -> None:
        known, seen = Counter(key for key, _, _ in left.members), Counter(key for key, _, _ in right.members)
        others = {key: node for key, _, node in right.members}
        missing = [(key, (start, node.end)) for key, start, node in left.members if key not in seen]
        extra = [(key, (start, node.end)) for key, start, node in right.members if seen[key] > known[key]]
        before = self.places
        for key, _, node in left.members:
            if key in others and seen[key] <= known[key] == 1 and node.same != others[key].same:
                self.values(node, others[key], _join(path, key))
        if missing or extra:
            words = _say_keys([key for key, _ in missing], [key for key, _ in extra], known)
            self._add(path, words, [span for _, span in missing], [span for _, span in extra])
        elif self.places == before:
            self._add(path, "keys that stand more than once do not agree", [left[1:3]], [right[1:3]])

    def _lists(self, left: _Node, right: _Node, path: str) -> None:
        ones, twos = [node for _, _, node in left.members], [node for _, _, node in right.members]
        sames = [node.same for node in ones], [node.same for node in twos]
        grown = len(ones) != len(twos)
        first = _shared(*sames)
        last = _shared(sames[0][first:][::-1], sames[1][first:][::-1]) if grown else 0
        ones, twos = ones[first : len(ones) - last], twos[first : len(twos) - last]
        if sorted(sames[0]) == sorted(sames[1]):
            pairs = [(one, two) for one, two in zip(ones, twos, strict=True) if one.same != two.same]
            words = "the items are the right ones, but in another order"
            self._add(path, words, [one[1:3] for one, _ in pairs], [two[1:3] for _, two in pairs])
            return
        paired = min(len(ones), len(twos))
        if grown:
            words = f"expected {_count(len(sames[0]), 'item')}, got {_count(len(sames[1]), 'item')}"
            self._add(path, words, [node[1:3] for node in ones[paired:]], [node[1:3] for node in twos[paired:]])
        for index in range(paired):
            if ones[index].same != twos[index].same:
                self.values(ones[index], twos[index], f"{path}[{first + index}]")


def _join(path: str, key: str) -> str:
    return f"{path}.{key}".lstrip(".") if key.isidentifier() and len(key) <= 40 else f"{path}[{_quote(key)}]"


def _say_keys(missing: list[str], extra: list[str], known: Counter[str]) -> str:
    if len(missing) == len(extra) == 1:
        return f"expected the key {_quote(missing[0])}, got {_quote(extra[0])}{_alike(missing[0], extra[0])}"
    if not missing and extra[0] in known:
        return f"the key {_quote(extra[0])} stands more than once"
    parts = []
    for keys, words in ((missing, "missing"), (extra, "not expected")):
        names = " and ".join(_quote(key) for key in keys[:3]) + (" and others" if len(keys) > 3 else "")
        if keys:
            parts.append(f"the key {names} is {words}" if len(keys) == 1 else f"the keys {names} are {words}")
    return ", and ".join(parts)


def _say_values(left: _Node, right: _Node) -> str:
    how = ""
    if left.kind == right.kind == "text":
        how = _alike(left.text, right.text)
    elif left.kind == right.kind == "number" and _equal(left.text, right.text):
        how = "; the value is the same"
    one, two = _name(left), _name(right)
    if one == two:  # both were shortened to the same
        how = f"; they part at character {_shared(left.text, right.text) + 1}"
    return f"expected {one}, got {two}{how}"


def _equal(one: str, two: str) -> bool:
    """Tell whether two numbers are written differently but equal. Exact: floats would blur large ones."""
    try:
        return len(one + two) < 80 and Decimal(one) == Decimal(two)
    except ArithmeticError:  # an exponent beyond all bounds
        return False


def _name(node: _Node) -> str:
    if node.kind == "text":
        return f"the text {_quote(node.text)}{_odd(node.text)}" if node.text else "an empty text"
    if node.kind == "number":
        size = f" ({len(node.text)} characters)" if len(node.text) > 60 else ""
        return f"the number {_short(node.text)}{size}"
    if node.kind == "word":
        return f"the true/false value {node.text}" if node.text in ("true", "false") else node.text
    what, size = ("a list", "item") if node.kind == "list" else ("an object", "key")
    return f"{what} with {_count(len(node.members), size)}"


def _say_plain(texts: tuple[str, str], nodes: tuple[_Node | None, _Node | None], runs: tuple[str, str]) -> str:
    expected, got = texts
    left, right = nodes
    if expected == got:
        return "Both read the same, so the text alone does not show what went wrong."
    if left and right:
        return "Both hold the same values, but spacing, escapes or the order of keys differ."
    if left and left.members:
        python = "; JSON wants double quotes" if _parse(got.replace("'", '"')) else ""
        return f"Expected {_name(left)} as JSON, got a text that is not JSON{python}."
    if left and left.text == got:
        return f"Expected {_quote(got)} in quotes, as JSON writes a text, got it without them."
    if right and right.text == expected:
        return f"Expected {_quote(expected)} without quotes around it, got it in quotes, as JSON writes a text."
    one, two, where = expected, got, ""
    if max(len(expected), len(got)) > 60 and expected and got:
        one, two = runs
        where = f", from character {_shared(expected, got) + 1} on"
    names = [f"{_quote(text)}{_odd(text)}" if text else "nothing" for text in (one, two)]
    how = "" if names[0] != names[1] else "; both are long and look alike when shortened"
    return f"Expected {names[0]}, got {names[1]}{where}{_alike(one, two) or how}."


def _alike(one: str, two: str) -> str:
    """Say how two texts that look much alike differ, or return ""."""
    if len(one) + len(two) > 8000 or not one or not two:
        return ""
    if one.casefold() == two.casefold():
        return "; only upper and lower case differ"
    if unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", two):
        return "; the letters are the same, built from different Unicode characters"
    if "".join(one.split()) == "".join(two.split()):
        return "; only white space differs"
    pairs = [(a, b) for a, b in zip(one, two, strict=False) if a != b]
    if len(one) == len(two) and len(pairs) == 1 and not "".join(pairs[0]).isascii():
        return f"; {_spell(pairs[0][1])} stands in the place of {_spell(pairs[0][0])}"
    return ""


def _spell(char: str) -> str:
    return _NAMES.get(char) or unicodedata.name(char, _code(char)).lower()


def _odd(text: str) -> str:
    """Name what the eye cannot see in `text`: outer white space, tabs, line ends, invisible characters."""
    unseen = [char for char in text[:4000] if char in "\t\n" or _UNSEEN.match(char)]
    if not unseen and text == text.strip():
        return ""
    if len(text) < len(_COUNTS):
        parts = [_spell(char) if char == " " or char in unseen else char for char in text]
        joined = " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
        return f" ({_count(len(text), 'character')}, {joined})"
    ends = (text[:1], "at the start"), (text[-1:], "at the end"), (unseen[0] if unseen else "", "in it")
    return next((f" (with {_spell(char)} {where})" for char, where in ends if char in unseen or char == " "), "")


def _quote(text: str) -> str:
    return '"' + escape_unseen(_short(text)).replace("\n", "\\n").replace("\t", "\\t") + '"'


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:40]}…{text[-12:]}"


def _shared(one: str | list[str], two: str | list[str]) -> int:
    """Return how far two sequences are the same from the start; by halving, since slices compare fast."""
    low, high = 0, min(len(one), len(two))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[low:middle] == two[low:middle] else (low, middle - 1)
    return low


def _code(char: str) -> str:
    if char == "\r":
        return "\\r"
    return f"\\x{ord(char):02x}" if char.isascii() else char.encode("ascii", "backslashreplace").decode()


def _count(number: int, noun: str) -> str:
    return f"{_COUNTS[number] if number < len(_COUNTS) else number} {noun}{'' if number == 1 else 's'}"


def _run(one: str, two: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the spans left of two texts without their common start and end, grown to whole words."""
    first = _shared(one, two)
    last = _shared(one[first:][::-1], two[first:][::-1])
    edges = [text[at] for text, at in ((one, first), (two, first)) if at < len(text)]
    reach = 0
    if any(map(str.isalnum, edges)):
        while reach < min(first, 24) and one[first - reach - 1].isalnum():
            reach += 1
    tail = 0
    if any(text[len(text) - last - 1].isalnum() for text in (one, two) if len(text) - last > first - reach):
        while tail < min(last, 24) and one[len(one) - last + tail].isalnum():
            tail += 1
    return (first - reach, len(one) - last + tail), (first - reach, len(two) - last + tail)


def _marks(text: str, spans: Spans) -> tuple[Mark, ...]:
    marks, at = [], 0
    for start, end in sorted(spans):
        marks += [Mark(text=text[at:start])] if start > at else []
        marks += [Mark(text=text[start:end], differs=True)] if end > start else []
        at = end
    return (*marks, Mark(text=text[at:])) if at < len(text) else tuple(marks)

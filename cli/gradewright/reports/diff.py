"""Where an expected and a received text part: marked runs for the eye, and one sentence in words.

The second text comes from a submission: lengths, depths and counts are capped, and a text that defeats the JSON walk is still
compared character by character.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TypeAlias

from gradewright.model import Mark
from gradewright.reports.jsontext import Node, parse
from gradewright.reports.wording import count, join, say_keys, say_plain, say_values, shared

MAX_PLACES = 40
LONG_TEXT = 40  # in longer JSON texts only the differing run is marked, not the whole value

Spans: TypeAlias = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Difference:
    """The marks of each side, whose texts joined are the input, and the sentence."""

    expected: tuple[Mark, ...]
    got: tuple[Mark, ...]
    note: str


def compare(expected: str, got: str) -> Difference:
    """Mark where the two part and say how. Never raises, whatever the texts hold."""
    try:
        left, right = parse(expected), parse(got)
    except RecursionError:  # the caller's own stack may be deep already
        left = right = None
    if left and right and left.same != right.same:
        walk = _Walk(expected, got)
        walk.values(left, right, "")
        return Difference(_marks(expected, walk.lefts), _marks(got, walk.rights), walk.sentence())
    one, two = _run(expected, got)
    parts = expected[slice(*one)], got[slice(*two)]
    if not expected[one[1] :].strip('"]}') and any(bracket in part for part in parts for bracket in "{["):
        # What closes a JSON value after a status belongs to the value.
        one, two = (one[0], len(expected)), (two[0], len(got))
    lone = None if left and right else left or right
    if lone and lone.members:
        one, two = (0, len(expected)), (0, len(got))
    note = say_plain((expected, got), (left, right), (expected[slice(*one)], got[slice(*two)]))
    return Difference(_marks(expected, [one]), _marks(got, [two]), note)


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
            f"{self.first}; {count(more, 'more place')} {'differs' if more == 1 else 'differ'}." if more else f"{self.first}."
        )

    def values(self, left: Node, right: Node, path: str) -> None:
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
            self._add(path, say_values(left, right), *spans)
        else:
            self._add(path, say_values(left, right), [left[1:3]], [right[1:3]])

    def _add(self, path: str, words: str, lefts: Spans, rights: Spans) -> None:
        self.places += 1
        self.first = self.first or (f"In {path}: {words}" if path else words[0].upper() + words[1:])
        if self.places <= MAX_PLACES:
            self.lefts += lefts[:MAX_PLACES]
            self.rights += rights[:MAX_PLACES]

    def _objects(self, left: Node, right: Node, path: str) -> None:
        known, seen = Counter(key for key, _, _ in left.members), Counter(key for key, _, _ in right.members)
        others = {key: node for key, _, node in right.members}
        missing = [(key, (start, node.end)) for key, start, node in left.members if key not in seen]
        extra = [(key, (start, node.end)) for key, start, node in right.members if seen[key] > known[key]]
        before = self.places
        for key, _, node in left.members:
            if key in others and seen[key] <= known[key] == 1 and node.same != others[key].same:
                self.values(node, others[key], join(path, key))
        if missing or extra:
            words = say_keys([key for key, _ in missing], [key for key, _ in extra], known)
            self._add(path, words, [span for _, span in missing], [span for _, span in extra])
        elif self.places == before:
            self._add(path, "keys that stand more than once do not agree", [left[1:3]], [right[1:3]])

    def _lists(self, left: Node, right: Node, path: str) -> None:
        ones, twos = [node for _, _, node in left.members], [node for _, _, node in right.members]
        sames = [node.same for node in ones], [node.same for node in twos]
        grown = len(ones) != len(twos)
        first = shared(*sames)
        last = shared(sames[0][first:][::-1], sames[1][first:][::-1]) if grown else 0
        ones, twos = ones[first : len(ones) - last], twos[first : len(twos) - last]
        if sorted(sames[0]) == sorted(sames[1]):
            pairs = [(one, two) for one, two in zip(ones, twos, strict=True) if one.same != two.same]
            words = "the items are the right ones, but in another order"
            self._add(path, words, [one[1:3] for one, _ in pairs], [two[1:3] for _, two in pairs])
            return
        paired = min(len(ones), len(twos))
        if grown:
            words = f"expected {count(len(sames[0]), 'item')}, got {count(len(sames[1]), 'item')}"
            self._add(path, words, [node[1:3] for node in ones[paired:]], [node[1:3] for node in twos[paired:]])
        for index in range(paired):
            if ones[index].same != twos[index].same:
                self.values(ones[index], twos[index], f"{path}[{first + index}]")


def _run(one: str, two: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the spans left of two texts without their common start and end, grown to whole words."""
    first = shared(one, two)
    last = shared(one[first:][::-1], two[first:][::-1])
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

"""How two texts differ, in words: what a number, a text or a list is called, and what the eye would miss."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from decimal import Decimal

from gradewright.reports.jsontext import Node, parse

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


def escape_unseen(text: str) -> str:
    """Return `text` with what acts unseen written out, as in \\x1b or \\u202e; tab and line feed stay."""
    return text if text.isascii() and text.isprintable() else _UNSEEN.sub(lambda hit: _code(hit[0]), text)


def join(path: str, key: str) -> str:
    return f"{path}.{key}".lstrip(".") if key.isidentifier() and len(key) <= 40 else f"{path}[{quote(key)}]"


def say_keys(missing: list[str], extra: list[str], known: Counter[str]) -> str:
    if len(missing) == len(extra) == 1:
        return f"expected the key {quote(missing[0])}, got {quote(extra[0])}{alike(missing[0], extra[0])}"
    if not missing and extra[0] in known:
        return f"the key {quote(extra[0])} stands more than once"
    parts = []
    for keys, words in ((missing, "missing"), (extra, "not expected")):
        names = " and ".join(quote(key) for key in keys[:3]) + (" and others" if len(keys) > 3 else "")
        if keys:
            parts.append(f"the key {names} is {words}" if len(keys) == 1 else f"the keys {names} are {words}")
    return ", and ".join(parts)


def say_values(left: Node, right: Node) -> str:
    how = ""
    if left.kind == right.kind == "text":
        how = alike(left.text, right.text)
    elif left.kind == right.kind == "number" and _equal(left.text, right.text):
        how = "; the value is the same"
    one, two = _name(left), _name(right)
    if one == two:  # both were shortened to the same
        how = f"; they part at character {shared(left.text, right.text) + 1}"
    return f"expected {one}, got {two}{how}"


def _equal(one: str, two: str) -> bool:
    """Tell whether two numbers are written differently but equal. Exact: floats would blur large ones."""
    try:
        return len(one + two) < 80 and Decimal(one) == Decimal(two)
    except ArithmeticError:  # an exponent beyond all bounds
        return False


def _name(node: Node) -> str:
    if node.kind == "text":
        return f"the text {quote(node.text)}{_odd(node.text)}" if node.text else "an empty text"
    if node.kind == "number":
        size = f" ({len(node.text)} characters)" if len(node.text) > 60 else ""
        return f"the number {_short(node.text)}{size}"
    if node.kind == "word":
        return f"the true/false value {node.text}" if node.text in ("true", "false") else node.text
    what, size = ("a list", "item") if node.kind == "list" else ("an object", "key")
    return f"{what} with {count(len(node.members), size)}"


def say_plain(texts: tuple[str, str], nodes: tuple[Node | None, Node | None], runs: tuple[str, str]) -> str:
    expected, got = texts
    left, right = nodes
    if expected == got:
        return "Both read the same, so the text alone does not show what went wrong."
    if left and right:
        return "Both hold the same values, but spacing, escapes or the order of keys differ."
    if left and left.members:
        python = "; JSON wants double quotes" if parse(got.replace("'", '"')) else ""
        return f"Expected {_name(left)} as JSON, got a text that is not JSON{python}."
    if left and left.text == got:
        return f"Expected {quote(got)} in quotes, as JSON writes a text, got it without them."
    if right and right.text == expected:
        return f"Expected {quote(expected)} without quotes around it, got it in quotes, as JSON writes a text."
    one, two, where = expected, got, ""
    if max(len(expected), len(got)) > 60 and (same := shared(expected, got)):
        one, two = runs
        where = f", from character {same + 1} on"
    names = [f"{quote(text)}{_odd(text)}" if text else "nothing" for text in (one, two)]
    how = "" if names[0] != names[1] else "; both are long and look alike when shortened"
    return f"Expected {names[0]}, got {names[1]}{where}{alike(one, two) or how}."


def alike(one: str, two: str) -> str:
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
        return f" ({count(len(text), 'character')}, {joined})"
    ends = (text[:1], "at the start"), (text[-1:], "at the end"), (unseen[0] if unseen else "", "in it")
    return next((f" (with {_spell(char)} {where})" for char, where in ends if char in unseen or char == " "), "")


def repetition(expected: str, got: str) -> str:
    """Return the sentence that says no more than two short texts do that stand below each other."""
    return f"Expected {quote(expected)}, got {quote(got)}."


def quote(text: str) -> str:
    return '"' + escape_unseen(_short(text)).replace("\n", "\\n").replace("\t", "\\t") + '"'


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:40]}…{text[-12:]}"


def shared(one: str | list[str], two: str | list[str]) -> int:
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


def count(number: int, noun: str) -> str:
    return f"{_COUNTS[number] if number < len(_COUNTS) else number} {noun}{'' if number == 1 else 's'}"

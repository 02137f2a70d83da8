"""Numbers that no check can tell from the next one: how long, how random, how wide, how costly, where nobody has said."""

from __future__ import annotations

import ast
import re

from gradewright.authoring.fixed import UNITS, Fixed
from gradewright.authoring.source import Source, name_of, text_of

#: Numbers from here on, such as an id that nobody has, are not meant to the unit; multiples of 1024 are sizes.
_LARGE = 100_000
_TIMES = re.compile(r"lifetime|ttl|pause|interval|delay|seconds|expires", re.IGNORECASE)
#: SQLite, which all exercises use, keeps a text of any length.
_TEXTS = frozenset({"String", "Unicode", "VARCHAR"})
_RANDOM = frozenset({"token_bytes", "token_hex", "token_urlsafe", "urandom"})
#: Hashes, whose costs are free where the brief does not speak of them.
_HASHES = frozenset({"scrypt", "pbkdf2_hmac"})


def is_any_number(source: Source, node: ast.Constant, fixed: Fixed) -> bool:
    """Return whether one more or one less makes no difference, since the brief names no such number."""
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        return False
    if node.value >= _LARGE and node.value % 1024 and str(node.value) not in fixed.numbers:
        return True
    parent = source.parents.get(node)
    calls = {name_of(above) for above in source.ancestors(node) if isinstance(above, ast.Call)}
    if calls & _HASHES - fixed.names:
        return True
    if isinstance(parent, ast.Call) and node in parent.args:
        called = name_of(parent)
        return called in _TEXTS or (called in _RANDOM and str(node.value) not in fixed.numbers)
    return _is_some_time(source, node, node.value, fixed)


def _is_some_time(source: Source, node: ast.Constant, value: float, fixed: Fixed) -> bool:
    """Return whether `node` is how long something is waited for or lasts, and the brief does not name this time.

    No check depends on the clock, so a second more or less cannot be told; that nothing is waited for can.
    """
    parent = source.parents.get(node)
    name, unit = _name(source, node), 1
    if isinstance(parent, ast.keyword) and name_of(source.parents[parent]) == "timedelta":
        unit = UNITS.get(name.removesuffix("s"), 0)
        if value == 1:
            # Every brief has a 1 somewhere: without its unit it names no time.
            return bool(unit) and unit not in fixed.seconds
    elif "timeout" in name.lower():
        return value not in fixed.seconds
    elif not _TIMES.search(name):
        return False
    return bool(unit) and value * unit not in fixed.seconds and str(value) not in fixed.numbers


def _name(source: Source, node: ast.Constant) -> str:
    """Return what a value is given as: an argument, a variable, or the key of a dict."""
    parent = source.parents.get(node)
    if isinstance(parent, ast.keyword):
        return parent.arg or ""
    if isinstance(parent, ast.Assign | ast.AnnAssign):
        return name_of(parent.targets[0] if isinstance(parent, ast.Assign) else parent.target)
    if isinstance(parent, ast.Dict):
        keys = [key for key, value in zip(parent.keys, parent.values, strict=True) if value is node and key is not None]
        return (text_of(keys[0]) if keys else None) or ""
    return ""

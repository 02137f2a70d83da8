"""Mutation operators that change a value or an operator in place. Each yields edits, every one of them a mutant."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from gradewright.authoring.fixed import Fixed, for_people
from gradewright.authoring.sizes import is_any_number
from gradewright.authoring.source import Edit, Function, Source, is_handler, name_of

#: One node of one source → the edits that mutate it.
Operator = Callable[[Source, ast.AST, Fixed], Iterator[Edit]]

#: Comparison → what it becomes: its boundary moved, and its opposite.
COMPARISONS: dict[type[ast.cmpop], tuple[str, tuple[str, ...]]] = {
    ast.Eq: ("==", ("!=",)),
    ast.NotEq: ("!=", ("==",)),
    ast.Lt: ("<", ("<=", ">=")),
    ast.LtE: ("<=", ("<", ">")),
    ast.Gt: (">", (">=", "<=")),
    ast.GtE: (">=", (">", "<")),
    ast.Is: ("is", ("is not",)),
    ast.IsNot: ("is not", ("is",)),
    ast.In: ("in", ("not in",)),
    ast.NotIn: ("not in", ("in",)),
}
ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "/"),
    ast.Mod: ("%", "*"),
    ast.Pow: ("**", "*"),
}
#: Calls that take a status code as a positional argument → its place.
STATUS_PLACES = {
    "HTTPException": 0,
    "JSONResponse": 1,
    "Response": 1,
    "PlainTextResponse": 1,
    "HTMLResponse": 1,
    "RedirectResponse": 1,
    "StreamingResponse": 1,
}
#: Functions for which the order of their arguments makes no difference.
SYMMETRIC = frozenset({"max", "min", "compare_digest", "where", "and_", "or_"})
_STATUS_NAME = re.compile(r"HTTP_(\d{3})_\w+")


def _between(source: Source, left: ast.AST, right: ast.AST, token: str, other: str) -> Iterator[Edit]:
    """Yield the edit that replaces the operator `token` between two operands."""
    start = source.end(left)
    pattern = r"\s+".join(re.escape(word) for word in token.split())
    found = re.search(pattern, source.text[start : source.start(right)])
    if found:
        yield Edit(start + found.start(), start + found.end(), other)


def compare(source: Source, node: ast.AST, _fixed: Fixed) -> Iterator[Edit]:
    """`a < b` becomes `a <= b` and `a >= b`, `==` becomes `!=`, `in` becomes `not in`."""
    if isinstance(node, ast.Compare):
        operands = [node.left, *node.comparators]
        for number, operation in enumerate(node.ops):
            token, others = COMPARISONS[type(operation)]
            for other in others:
                yield from _between(source, operands[number], operands[number + 1], token, other)


def boolean(source: Source, node: ast.AST, _fixed: Fixed) -> Iterator[Edit]:
    """`and` becomes `or`, `not x` becomes `x`, and a condition is negated."""
    if isinstance(node, ast.BoolOp):
        token, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            yield from _between(source, left, right, token, other)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield source.replace(node, f"({source.segment(node.operand)})")
    elif isinstance(node, ast.If | ast.IfExp | ast.While) and not isinstance(
        node.test, ast.Compare | ast.UnaryOp | ast.Constant
    ):
        yield source.replace(node.test, f"(not ({source.segment(node.test)}))")


def arithmetic(source: Source, node: ast.AST, _fixed: Fixed) -> Iterator[Edit]:
    """`+` becomes `-`, `*` becomes `/`, also in `+=`."""
    if isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        token, other = ARITHMETIC[type(node.op)]
        yield from _between(source, node.left, node.right, token, other)
    elif isinstance(node, ast.AugAssign) and type(node.op) in ARITHMETIC:
        token, other = ARITHMETIC[type(node.op)]
        yield from _between(source, node.target, node.value, f"{token}=", f"{other}=")


def numbers(source: Source, node: ast.AST, fixed: Fixed) -> Iterator[Edit]:
    """A number becomes one more and one less, True becomes False."""
    if not isinstance(node, ast.Constant) or _status(source, node) or is_any_number(source, node, fixed):
        return
    if isinstance(node.value, bool):
        yield source.replace(node, str(not node.value))
    elif isinstance(node.value, int | float):
        for other in (node.value + 1, node.value - 1):
            yield source.replace(node, str(other) if other >= 0 else f"({other})")


def strings(source: Source, node: ast.AST, fixed: Fixed) -> Iterator[Edit]:
    """A text gets one letter more; a pattern loses its anchors."""
    plain = isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    if not (plain or isinstance(node, ast.JoinedStr)) or for_people(source, node, fixed) or _is_host(source, node):
        return
    if any(isinstance(above, ast.JoinedStr) for above in source.ancestors(node)):
        return
    segment = source.segment(node)
    quote = next((mark for mark in ('"""', "'''", '"', "'") if segment.endswith(mark)), "")
    end = source.end(node) - len(quote)
    start = source.start(node) + segment.find(quote) + len(quote)
    yield Edit(end, end, "X")
    if source.text[start:end].startswith("^"):
        yield Edit(start, start + 1, "")
    if source.text[start:end].endswith("$"):
        yield Edit(end - 1, end, "")


def _is_host(source: Source, node: ast.AST) -> bool:
    """Return whether `node` is where a test's client sends its requests: whatever the host, the app gets them."""
    parent = source.parents.get(node)
    if not (isinstance(parent, ast.keyword) and parent.arg == "base_url"):
        return False
    return any(isinstance(each, ast.Call) and name_of(each) == "ASGITransport" for each in source.nodes)


def nothing(source: Source, node: ast.AST, _fixed: Fixed) -> Iterator[Edit]:
    """A default value becomes None, a default None becomes a value, and a function returns None."""
    if isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        if not is_plain_no(source, node):
            yield source.replace(node.value, "None")
    elif isinstance(node, ast.arguments):
        for default in [*node.defaults, *filter(None, node.kw_defaults)]:
            if isinstance(default, ast.Constant):
                yield source.replace(default, '"X"' if _is_none(default) else "None")
    elif isinstance(node, ast.Assign | ast.AnnAssign | ast.keyword) and node.value is not None and _is_none(node.value):
        yield source.replace(node.value, '"X"')


def status(source: Source, node: ast.AST, _fixed: Fixed) -> Iterator[Edit]:
    """A status code becomes another one of its class, and of the next."""
    code = _status(source, node)
    if code:
        same = next(other for other in (code // 100 * 100, code // 100 * 100 + 2) if other != code)
        for other in (same, 500 if code < 500 else 400):
            yield source.replace(node, str(other))


def _status(source: Source, node: ast.AST) -> int:
    """Return the status code that `node` is, or 0."""
    if isinstance(node, ast.Attribute):
        found = _STATUS_NAME.fullmatch(node.attr)
        return int(found[1]) if found else 0
    if not (isinstance(node, ast.Constant) and type(node.value) is int and 200 <= node.value <= 599):
        return 0
    parent = source.parents.get(node)
    if isinstance(parent, ast.keyword):
        return node.value if parent.arg in ("status_code", "status") else 0
    if isinstance(parent, ast.Call):
        place = STATUS_PLACES.get(name_of(parent))
        return node.value if place is not None and node in parent.args[place : place + 1] else 0
    return 0


def swapped(source: Source, node: ast.AST, _fixed: Fixed) -> Iterator[Edit]:
    """`f(a, b)` becomes `f(b, a)`."""
    if isinstance(node, ast.Call) and name_of(node) not in SYMMETRIC and not _is_idle_gather(source, node):
        for left, right in zip(node.args, node.args[1:], strict=False):
            if not isinstance(left, ast.Starred) and not isinstance(right, ast.Starred):
                gap = source.text[source.end(left) : source.start(right)]
                text = f"{source.segment(right)}{gap}{source.segment(left)}"
                yield Edit(source.start(left), source.end(right), text)


def _is_idle_gather(source: Source, node: ast.Call) -> bool:
    """Return whether `node` waits for several at once, and nobody looks at what they return."""
    waiting = source.parents.get(node)
    return name_of(node) == "gather" and isinstance(waiting, ast.Await) and isinstance(source.parents.get(waiting), ast.Expr)


def is_plain_no(source: Source, node: ast.AST) -> bool:
    """Return whether `node` is the `return False` of a function that promises a bool: who asks for its truth gets the same
    from None. What a route returns is not asked for its truth.
    """
    if not (isinstance(node, ast.Return) and isinstance(node.value, ast.Constant) and node.value.value is False):
        return False
    function = next((above for above in source.ancestors(node) if isinstance(above, Function)), None)
    return function is not None and name_of(function.returns or node) == "bool" and not is_handler(function)


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


VALUE_OPERATORS: dict[str, Operator] = {
    "compare": compare,
    "boolean": boolean,
    "arithmetic": arithmetic,
    "number": numbers,
    "string": strings,
    "none": nothing,
    "status": status,
    "swap": swapped,
}

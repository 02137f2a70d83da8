"""Mutation operators that leave something out: a statement, a decorator, an argument, an element, a dependency."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from gradewright.authoring.fixed import DOCUMENTING, Fixed, for_people, is_described, is_ignored, is_log_call
from gradewright.authoring.operators import Operator, is_plain_no
from gradewright.authoring.source import Edit, Function, Source, is_handler, name_of


def statements(source: Source, node: ast.AST, fixed: Fixed) -> Iterator[Edit]:
    """A call, an assignment, a raise, a del, a break or a continue becomes `pass`."""
    if isinstance(node, ast.Expr):
        value = node.value.value if isinstance(node.value, ast.Await) else node.value
        if isinstance(value, ast.Call) and (fixed.logging or not is_log_call(value)):
            yield source.replace(node, "pass")
    elif isinstance(node, ast.AnnAssign) and isinstance(source.parents[node], ast.ClassDef):
        # A field without its default is still a field; without its line it would be another model.
        if node.value is not None:
            yield Edit(source.end(node.annotation), source.end(node), "")
    elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        if not _surely_missed(source, node):
            yield source.replace(node, "pass")
    elif isinstance(node, ast.Raise | ast.Delete | ast.Break | ast.Continue):
        yield source.replace(node, "pass")


def _surely_missed(source: Source, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> bool:
    """Return whether a module would not even import without this assignment."""
    if not isinstance(source.parents[node], ast.Module):
        return isinstance(node, ast.AnnAssign) and node.value is None
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = {found.id for target in targets for found in ast.walk(target) if isinstance(found, ast.Name)}
    loaded = {found.id for found in source.nodes if isinstance(found, ast.Name) and isinstance(found.ctx, ast.Load)}
    return bool(names & (loaded | {"app"}))


def decorators(source: Source, node: ast.AST, fixed: Fixed) -> Iterator[Edit]:
    """One decorator is gone."""
    if isinstance(node, Function | ast.ClassDef):
        for decorator in node.decorator_list:
            if is_ignored(source, decorator, fixed):
                continue
            start = source.text.rindex("@", 0, source.start(decorator))
            end = source.end(decorator)
            following = re.match(r"\s*", source.text[end:])
            yield Edit(start, end + (following.end() if following else 0), "")


def keywords(source: Source, node: ast.AST, fixed: Fixed) -> Iterator[Edit]:
    """One keyword argument of a call or a class is gone."""
    if isinstance(node, ast.Call):
        items: Sequence[ast.AST] = sorted([*node.args, *node.keywords], key=source.start)
    elif isinstance(node, ast.ClassDef):
        items = sorted([*node.bases, *node.keywords], key=source.start)
    else:
        return
    for keyword in node.keywords:
        documents = keyword.arg in DOCUMENTING and not any(
            fixed.quoted(text.value)
            for text in ast.walk(keyword.value)
            if isinstance(text, ast.Constant) and isinstance(text.value, str)
        )
        free = for_people(source, keyword.value, fixed) or is_ignored(source, keyword.value, fixed)
        if not documents and not free:
            yield _without(source, [(source.start(item), source.end(item)) for item in items], items.index(keyword))


def elements(source: Source, node: ast.AST, fixed: Fixed) -> Iterator[Edit]:
    """One element of a list, tuple, set, dict or Literal is gone."""
    if isinstance(node, ast.Dict):
        # A ** entry has no key; it starts two characters before its value.
        spans = [
            (source.start(key) if key else source.text.rindex("**", 0, source.start(value)), source.end(value))
            for key, value in zip(node.keys, node.values, strict=True)
        ]
    elif isinstance(node, ast.List | ast.Tuple | ast.Set) and not isinstance(getattr(node, "ctx", None), ast.Store):
        parent = source.parents[node]
        if isinstance(parent, ast.Subscript) and parent.slice is node and name_of(parent.value) != "Literal":
            return
        if isinstance(node, ast.Set | ast.Tuple) and len(node.elts) == 1:
            return
        spans = [(source.start(element), source.end(element)) for element in node.elts]
    else:
        return
    for number in range(len(spans)):
        value = node.values[number] if isinstance(node, ast.Dict) else node.elts[number]
        idle = is_described(source, value, fixed) or is_ignored(source, value, fixed)
        if not idle and not for_people(source, node, fixed):
            yield _without(source, spans, number)


def metadata(source: Source, node: ast.AST, _fixed: Fixed) -> Iterator[Edit]:
    """`Annotated[T, X()]` becomes `T`; one of several entries is gone."""
    if not (isinstance(node, ast.Subscript) and name_of(node.value) == "Annotated" and isinstance(node.slice, ast.Tuple)):
        return
    parts = node.slice.elts
    if len(parts) == 2:
        yield source.replace(node, source.segment(parts[0]))
    else:
        spans = [(source.start(part), source.end(part)) for part in parts]
        for number in range(1, len(parts)):
            yield _without(source, spans, number)


def dependencies(source: Source, node: ast.AST, _fixed: Fixed) -> Iterator[Edit]:
    """A parameter that is there only for its dependency is gone."""
    if not isinstance(node, Function):
        return
    used = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
    arguments = node.args
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults: dict[str, ast.expr | None] = {argument.arg: None for argument in plain}
    defaults.update(
        zip([argument.arg for argument in plain[len(plain) - len(arguments.defaults) :]], arguments.defaults, strict=True)
    )
    spans = []
    for argument in plain:
        default = defaults[argument.arg]
        spans.append((source.start(argument), source.end(default if default is not None else argument)))
    for number, argument in enumerate(plain):
        written = source.text[slice(*spans[number])]
        injected = "Depends(" in written or "Security(" in written or (is_handler(node) and argument.annotation is not None)
        if injected and argument.arg not in used:
            yield _without(source, spans, number)


def handlers(source: Source, node: ast.AST, fixed: Fixed) -> Iterator[Edit]:
    """An except clause does nothing, and so does a finally."""
    if isinstance(node, ast.ExceptHandler) and not is_plain_no(source, node.body[0]):
        logs = all(isinstance(statement, ast.Expr) and is_log_call(statement.value) for statement in node.body)
        if fixed.logging or not logs:
            yield Edit(source.start(node.body[0]), source.end(node.body[-1]), "pass")
    elif isinstance(node, ast.Try) and node.finalbody:
        yield Edit(source.start(node.finalbody[0]), source.end(node.finalbody[-1]), "pass")


def _without(source: Source, spans: Sequence[tuple[int, int]], number: int) -> Edit:
    """Return the edit that takes one of the comma-separated `spans` out, with one comma."""
    start, end = spans[number]
    if number + 1 < len(spans):
        return Edit(start, spans[number + 1][0], "")
    if number:
        return Edit(spans[number - 1][1], end, "")
    trailing = re.match(r"\s*,", source.text[end:])
    return Edit(start, end + (trailing.end() if trailing else 0), "")


REMOVAL_OPERATORS: dict[str, Operator] = {
    "statement": statements,
    "decorator": decorators,
    "keyword": keywords,
    "element": elements,
    "metadata": metadata,
    "dependency": dependencies,
    "handler": handlers,
}

"""Style transforms of order: fields of a model, and route declarations whose paths cannot overlap."""

from __future__ import annotations

import ast
import itertools

from gradewright.authoring.fixed import Fixed
from gradewright.authoring.handlers import is_model
from gradewright.authoring.source import Function, Source, is_route, text_of


def reorder_fields(text: str, _fixed: Fixed) -> str | None:
    """The fields of each model come in the opposite order. Pydantic lets a field with a default stand before one without."""
    source = Source(text)
    # Validators that look at other fields, and code that lists the fields, depend on their order.
    if any(word in text for word in ("info.data", "model_fields", "ValidationInfo", "__fields__", "list_display")):
        return None
    edits = []
    for node in source.tree.body:
        if isinstance(node, ast.ClassDef) and is_model(source, node):
            for field, run in itertools.groupby(node.body, key=_is_field):
                fields = list(run) if field else []
                names = [
                    found.target.id
                    for found in fields
                    if isinstance(found, ast.AnnAssign) and isinstance(found.target, ast.Name)
                ]
                if len(fields) > 1 and not _refers(fields, set(names)):
                    edits += [
                        source.replace(place, source.segment(new)) for place, new in zip(fields, reversed(fields), strict=True)
                    ]
    return source.apply_if_valid(edits)


def _is_field(node: ast.stmt) -> bool:
    return isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)


def _refers(fields: list[ast.stmt], names: set[str]) -> bool:
    """Return whether a field's type or default is written with the name of another field."""
    return any(
        isinstance(found, ast.Name) and isinstance(found.ctx, ast.Load) and found.id in names
        for field in fields
        for found in ast.walk(field)
    )


def reorder_routes(text: str, _fixed: Fixed) -> str | None:
    """Each handler moves up before those whose paths no request can share with its own."""
    source = Source(text)
    edits = []
    for routed, run in itertools.groupby(source.tree.body, key=_paths):
        nodes = list(run) if routed else []
        names = {node.name for node in nodes if isinstance(node, Function)}
        refers = any(isinstance(found, ast.Name) and found.id in names for node in nodes for found in ast.walk(node))
        order: list[ast.stmt] = []
        for node in nodes:
            overlapping = [place for place, other in enumerate(order) if _overlap(node, other)]
            order.insert(overlapping[-1] + 1 if overlapping else 0, node)
        if len(names) < len(nodes) or refers or order == nodes:
            continue
        texts = {node: source.text[source.whole_start(node) : source.end(node)] for node in nodes}
        # The places are whole statements with their decorators, so the edits replace those.
        for place, new in zip(nodes, order, strict=True):
            edit = source.replace(place, texts[new])
            edits.append(type(edit)(source.whole_start(place), edit.end, edit.text))
    return source.apply_if_valid(edits)


def _paths(node: ast.stmt) -> list[str] | bool:
    """Return True for a function that is nothing but a handler with plain paths."""
    if not isinstance(node, Function) or not node.decorator_list:
        return False
    return all(is_route(decorator) and _path(decorator) is not None for decorator in node.decorator_list)


def _path(decorator: ast.expr) -> str | None:
    assert isinstance(decorator, ast.Call)
    return text_of(decorator.args[0]) if decorator.args and isinstance(decorator.args[0], ast.Constant) else None


def _overlap(left: ast.stmt, right: ast.stmt) -> bool:
    assert isinstance(left, Function)
    assert isinstance(right, Function)
    return any(
        paths_overlap(_path(one) or "", _path(other) or "") for one in left.decorator_list for other in right.decorator_list
    )


def paths_overlap(left: str, right: str) -> bool:
    """Return whether one request path could match both. Same paths with different methods count: a 405 lists the first's."""
    if ":path}" in left + right:
        return True
    ours, theirs = left.strip("/").split("/"), right.strip("/").split("/")
    return len(ours) == len(theirs) and all(
        one == other or "{" in one or "{" in other for one, other in zip(ours, theirs, strict=True)
    )

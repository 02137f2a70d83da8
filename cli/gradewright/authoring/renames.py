"""Style transforms of names: local variables, and names of a module that neither the brief nor another module fixes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradewright.authoring.fixed import Fixed
from gradewright.authoring.source import Edit, Function, Source, is_handler

#: Functions that see names as text.
_BY_NAME = frozenset({"locals", "globals", "vars", "eval", "exec", "getattr", "setattr", "format_map"})
_SCOPES = (*Function.__args__, ast.Lambda, ast.ClassDef)


def rename_locals(text: str, fixed: Fixed) -> str | None:
    """Local variables get other names. Functions with functions in them are left alone."""
    source = Source(text)
    taken = _all_names(source)
    edits = []
    for node in source.functions():
        inner = [found for statement in node.body for found in ast.walk(statement)]
        if any(isinstance(found, _SCOPES) for found in inner) or _BY_NAME & source.called_names():
            continue
        if any(isinstance(above, Function) for above in source.ancestors(node)):
            continue
        names = {found.id for found in inner if isinstance(found, ast.Name) and isinstance(found.ctx, ast.Store)}
        for name in sorted(names - _bound_otherwise(node, inner) - fixed.names):
            if f"{name}_here" not in taken:
                edits += [
                    source.replace(found, f"{name}_here") for found in inner if isinstance(found, ast.Name) and found.id == name
                ]
    return source.apply_if_valid(edits)


def _bound_otherwise(node: ast.FunctionDef | ast.AsyncFunctionDef, inner: list[ast.AST]) -> set[str]:
    """Return the names that are more than variables of this function."""
    found = {argument.arg for argument in ast.walk(node.args) if isinstance(argument, ast.arg)}
    for item in inner:
        if isinstance(item, ast.Global | ast.Nonlocal):
            found.update(item.names)
        elif isinstance(item, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
            found.add(item.name or "")
        elif isinstance(item, ast.alias):
            found.add((item.asname or item.name).split(".")[0])
    return found


def rename_internals(text: str, fixed: Fixed) -> str | None:
    """Handlers, constants and private names of a module get other names."""
    source = Source(text)
    taken = _all_names(source)
    mentioned = "\n".join(node.value for node in source.nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    edits = []
    for name in _internal(source):
        new = f"{name}_RENAMED" if name.isupper() else f"{name}_renamed"
        if name in fixed.names or name in mentioned or new in taken or _shadowed(source, name):
            continue
        for node in source.nodes:
            if isinstance(node, ast.Name) and node.id == name:
                edits.append(source.replace(node, new))
            elif isinstance(node, _SCOPES) and getattr(node, "name", "") == name:
                found = re.compile(rf"(?:def|class)\s+({name})\b").search(source.text, source.start(node))
                if found:
                    edits.append(Edit(found.start(1), found.end(1), new))
    return source.apply_if_valid(edits)


def _internal(source: Source) -> Iterator[str]:
    """Yield the names of the module's top level that only its author needs."""
    seen: dict[str, bool] = {}
    for node in source.tree.body:
        if isinstance(node, Function | ast.ClassDef):
            private = is_handler(node) or node.name.startswith("_")
            # Two definitions of one name: the last would win under either, but only if all are found.
            seen[node.name] = private and node.name not in seen
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    seen[target.id] = (target.id.startswith("_") or target.id.isupper()) and not target.id.startswith("__")
    yield from (name for name, internal in seen.items() if internal)


def _shadowed(source: Source, name: str) -> bool:
    """Return whether `name` means something else anywhere in the module."""
    for node in source.nodes:
        if isinstance(node, ast.arg) and node.arg == name:
            return True
        if isinstance(node, ast.Global | ast.Nonlocal) and name in node.names:
            return True
        if isinstance(node, ast.alias) and name in (node.name, node.asname):
            return True
        if isinstance(node, ast.ExceptHandler | ast.MatchAs) and node.name == name:
            return True
        stored = isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
        defined = isinstance(node, _SCOPES) and getattr(node, "name", "") == name
        if (stored or defined) and any(isinstance(above, _SCOPES) for above in source.ancestors(node)):
            return True
    return False


def _all_names(source: Source) -> set[str]:
    return {getattr(node, field) for node in source.nodes for field in ("id", "arg", "attr", "name") if hasattr(node, field)}

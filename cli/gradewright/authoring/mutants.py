"""Every mutant of a module: one small change each, equal ones once, none that only a reader would notice."""

from __future__ import annotations

import ast
import difflib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from gradewright.authoring.fixed import Fixed, is_ignored, is_log_call
from gradewright.authoring.free import Free
from gradewright.authoring.operators import VALUE_OPERATORS
from gradewright.authoring.removals import REMOVAL_OPERATORS
from gradewright.authoring.source import Function, Source, behaviour, name_of

OPERATORS = {**VALUE_OPERATORS, **REMOVAL_OPERATORS}
NOTHING_FREE = Free()


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed module: which operator changed it, at which line (1-based), and its whole new text.

    `free` says that the brief leaves open what was changed: the new module is as right as the old one.
    """

    operator: str
    line: int
    text: str
    free: bool = False


def mutants_of(text: str, fixed: Fixed, free: Free = NOTHING_FREE) -> list[Mutant]:
    """Return the mutants of a module, in the order of its lines. Raises SyntaxError.

    Left out: what no longer compiles, what compiles to the same code as the original or as another mutant, and changes to
    docstrings, annotations, `__all__`, imports for type checkers, texts for people that the brief does not quote, and what the
    framework ignores.
    """
    source = Source(text)
    places = list(free.places(source))
    seen = {behaviour(text)}
    found = []
    for node in _mutable(source, fixed):
        for name, operator in OPERATORS.items():
            for edit in operator(source, node, fixed):
                changed = source.apply([edit])
                try:
                    key = behaviour(changed)
                except (SyntaxError, ValueError):
                    continue
                if key in seen:
                    continue
                seen.add(key)
                is_free = any(place.has(name, edit) for place in places)
                found.append(Mutant(name, text.count("\n", 0, edit.start) + 1, changed, is_free))
    return sorted(found, key=lambda mutant: mutant.line)


def difference(before: str, after: str, name: str) -> str:
    """Return the unified diff between two texts of the file `name`."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), name, name, n=1, lineterm="")
    return "\n".join(lines)


def _mutable(source: Source, fixed: Fixed) -> Iterator[ast.AST]:
    """Yield the nodes that may be mutated."""
    for node in source.nodes:
        if isinstance(node, ast.Module | ast.Import | ast.ImportFrom):
            continue
        chain = [node, *source.ancestors(node)]
        if any(_is_skipped(inner, outer) for inner, outer in itertools.pairwise(chain)):
            continue
        if any(is_ignored(source, each, fixed) for each in chain):
            continue
        if _is_only_a_type(source, node) or _is_logged(source, node):
            continue
        yield node


def _is_skipped(node: ast.AST, parent: ast.AST) -> bool:
    """Return whether `node`, a child of `parent`, is a docstring, an `__all__`, or code that only a type checker reads."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.Assign | ast.AnnAssign):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        return name_of(target) in ("__all__", "__slots__", "__version__")
    if isinstance(parent, ast.Constant | ast.Import):
        return True
    return isinstance(node, ast.If) and (name_of(node.test) == "TYPE_CHECKING" or "__name__" in ast.unparse(node.test))


def _is_only_a_type(source: Source, node: ast.AST) -> bool:
    """Return whether `node` belongs to an annotation, outside of the calls and literals in it, which FastAPI reads."""
    if isinstance(node, ast.Constant) and node.value is None:
        parent = source.parents[node]
        if isinstance(parent, ast.BinOp | ast.Compare):
            return True
    if isinstance(node, ast.Constant) and node.value is Ellipsis:
        return True
    chain = [node, *source.ancestors(node)]
    for inner, outer in itertools.pairwise(chain):
        if isinstance(inner, ast.Call) or (
            isinstance(inner, ast.Subscript) and name_of(inner.value) in ("Literal", "Annotated")
        ):
            return False
        if isinstance(outer, ast.arg) or (isinstance(outer, Function) and outer.returns is inner):
            return True
        if isinstance(outer, ast.AnnAssign) and outer.annotation is inner:
            return True
    return False


def _is_logged(source: Source, node: ast.AST) -> bool:
    return is_log_call(node) or any(is_log_call(above) for above in source.ancestors(node))

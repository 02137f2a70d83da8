"""Disguised copies of a submission: renamed, reordered, reformatted. For measuring what similarity finds, not for running them.

Names that the brief, the starter or a provided module uses stay, since a copy must still answer the brief. Everything else that
the author named gets another name. Top-level definitions, the body of each class, keyword arguments and the entries of dicts
come in a drawn order that keeps definitions before their use. Reformatting drops comments, blank space, quotes and line breaks.
"""

from __future__ import annotations

import ast
import builtins
import random
from collections.abc import Collection, Mapping
from typing import Any

#: What was done to a copy → the steps.
KINDS: dict[str, tuple[str, ...]] = {
    "reformatted": (),
    "renamed": ("rename",),
    "reordered": ("reorder",),
    "renamed and reordered": ("rename", "reorder"),
}
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_IMPORTS = (ast.Import, ast.ImportFrom)
_MOVABLE = (*_DEFINITIONS, *_IMPORTS, ast.Assign, ast.AnnAssign)


def disguise(sources: Mapping[str, str], kind: str, fixed: Collection[str], seed: str) -> dict[str, str]:
    """Return a copy of the files, disguised as `kind` says; names in `fixed` stay. The same seed gives the same copy."""
    draw = random.Random(seed)
    trees = {name: ast.parse(text) for name, text in sources.items()}
    if "rename" in KINDS[kind]:
        own = sorted(set().union(*map(_bound, trees.values())) - set(fixed) - set(dir(builtins)))
        names = {name: f"{draw.choice(('alt', 'my', 'new', 'cur', 'the'))}_{draw.randrange(10**6)}" for name in own}
        renamer = _Renamer(names)
        trees = {name: renamer.visit(tree) for name, tree in trees.items()}
    if "reorder" in KINDS[kind]:
        for tree in trees.values():
            _reorder(tree, draw)
    return {name: ast.unparse(ast.fix_missing_locations(tree)) for name, tree in trees.items()}


def _bound(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, _DEFINITIONS):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
    return {name for name in found if not name.startswith("__")}


class _Renamer(ast.NodeVisitor):
    """Renames in place, wherever a name is written."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def visit(self, node: ast.AST) -> Any:
        for field, value in ast.iter_fields(node):
            if isinstance(value, str) and field in ("id", "arg", "attr", "name"):
                setattr(node, field, self._names.get(value, value))
            elif isinstance(node, ast.Global | ast.Nonlocal):
                node.names = [self._names.get(name, name) for name in node.names]
        self.generic_visit(node)
        return node


def _reorder(tree: ast.Module, draw: random.Random) -> None:
    first = [node for node in tree.body if _stays_first(node)]
    tree.body = first + _shuffled([node for node in tree.body if node not in first], draw)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            node.body = _shuffled(node.body, draw)
        elif isinstance(node, ast.Call):
            draw.shuffle(node.keywords)
        elif isinstance(node, ast.Dict):
            entries = list(zip(node.keys, node.values, strict=True))
            draw.shuffle(entries)
            node.keys, node.values = [key for key, _value in entries], [value for _key, value in entries]


def _stays_first(node: ast.stmt) -> bool:
    docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return docstring or (isinstance(node, ast.ImportFrom) and node.module == "__future__")


def _shuffled(body: list[ast.stmt], draw: random.Random) -> list[ast.stmt]:
    """Return a drawn order in which each statement comes after those it needs. Plain statements stay where they are."""
    after: dict[int, set[int]] = {place: set() for place in range(len(body))}
    for place, node in enumerate(body):
        needed = _needed(node)
        for earlier in range(place):
            other = body[earlier]
            imported = isinstance(other, _IMPORTS) and not isinstance(node, _IMPORTS)
            fixed = not isinstance(node, _MOVABLE) or not isinstance(other, _MOVABLE)
            if imported or fixed or needed & _made(other):
                after[place].add(earlier)
    order: list[int] = []
    left = set(after)
    while left:
        free = sorted(place for place in left if not after[place] & left)
        order.append(draw.choice(free))
        left.remove(order[-1])
    return [body[place] for place in order]


def _needed(node: ast.stmt) -> set[str]:
    """Return the names that must be there when the statement runs; a function's body runs later."""
    parts: list[ast.AST] = [node]
    if isinstance(node, _FUNCTIONS):
        defaults = [default for default in node.args.kw_defaults if default is not None]
        notes = [one.annotation for one in ast.walk(node.args) if isinstance(one, ast.arg) and one.annotation]
        parts = [*node.decorator_list, *node.args.defaults, *defaults, *notes, *([node.returns] if node.returns else [])]
    return {found.id for part in parts for found in ast.walk(part) if isinstance(found, ast.Name)}


def _made(node: ast.stmt) -> set[str]:
    if isinstance(node, _DEFINITIONS):
        return {node.name}
    if isinstance(node, _IMPORTS):
        return {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    return {found.id for found in ast.walk(node) if isinstance(found, ast.Name) and isinstance(found.ctx, ast.Store)}

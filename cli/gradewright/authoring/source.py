"""A Python source with positions: small edits to it leave everything else as its author wrote it."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from types import CodeType

ROUTE_VERBS = frozenset(
    {"get", "post", "put", "patch", "delete", "head", "options", "trace", "route", "api_route", "websocket"}
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the characters from `start` to `end` by `text`."""

    start: int
    end: int
    text: str


class Source:
    """The text of one module, its tree, and where each node lies in it. Raises SyntaxError."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = ast.parse(text)
        self._lines = text.splitlines(keepends=True)
        self._starts = [0, *itertools.accumulate(len(line) for line in self._lines)]

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        return {child: node for node in self.nodes for child in ast.iter_child_nodes(node)}

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the parent of `node`, its parent, and so on."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def _offset(self, line: int, column: int) -> int:
        # The tree counts columns in bytes of UTF-8.
        before = self._lines[line - 1].encode()[:column].decode() if line <= len(self._lines) else ""
        return self._starts[line - 1] + len(before)

    def start(self, node: ast.AST) -> int:
        return self._offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        return self._offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def segment(self, node: ast.AST) -> str:
        return self.text[self.start(node) : self.end(node)]

    def replace(self, node: ast.AST, text: str) -> Edit:
        return Edit(self.start(node), self.end(node), text)

    def whole_start(self, node: ast.stmt) -> int:
        """Return where a statement starts, its decorators included."""
        decorators: list[ast.expr] = getattr(node, "decorator_list", [])
        if not decorators:
            return self.start(node)
        return self.text.rindex("@", 0, self.start(decorators[0]))

    def apply(self, edits: Iterable[Edit]) -> str:
        """Return the text after `edits`, which do not overlap."""
        text = self.text
        for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
            text = text[: edit.start] + edit.text + text[edit.end :]
        return text

    def apply_if_valid(self, edits: list[Edit]) -> str | None:
        """Return the text after `edits`, or None when there are none or the result is no Python."""
        text = self.apply(edits) if edits else ""
        return text if edits and compiles(text) else None

    def functions(self) -> Iterator[Function]:
        for node in self.nodes:
            if isinstance(node, Function):
                yield node

    def called_names(self) -> set[str]:
        """Return the plain names that this module calls."""
        return {node.func.id for node in self.nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}


def compiles(text: str) -> bool:
    """Return whether `text` is a module that Python accepts."""
    try:
        compile(text, "module", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def behaviour(text: str) -> Hashable:
    """Return a key that two modules share when Python compiles them to the same code: layout, comments and line numbers
    do not count, and a `continue` at a loop's end is a `pass`. Raises SyntaxError or ValueError for what is no module.

    Trivial compiler equivalence: Papadakis et al., ICSE 2015.
    """
    return _code_key(compile(text, "module", "exec", dont_inherit=True))


def _code_key(code: CodeType) -> Hashable:
    constants = tuple(_code_key(item) if isinstance(item, CodeType) else (type(item), repr(item)) for item in code.co_consts)
    names = (code.co_name, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    counts = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
    return code.co_code, code.co_exceptiontable, constants, names, counts


def name_of(node: ast.AST) -> str:
    """Return the last part of a name, attribute or called name: `Query` for `fastapi.Query(…)`."""
    while isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def is_route(decorator: ast.expr) -> bool:
    """Return whether a decorator is one such as `@app.get("/x")`."""
    return isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute) and decorator.func.attr in ROUTE_VERBS


def is_handler(node: ast.AST) -> bool:
    return isinstance(node, Function) and any(is_route(decorator) for decorator in node.decorator_list)


def text_of(node: ast.AST) -> str | None:
    """Return the text of a string constant; of an f-string, what is written out in it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) or "" for part in node.values)
    return None

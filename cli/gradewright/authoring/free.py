"""graders/NN-slug/free.toml: what the brief leaves free, where a changed solution is as right as the original.

```toml
[[free]]
brief = "The bodies of all answers are up to you."
bodies = ["POST /login"]       # what the handlers of these routes return, but for statuses and headers

[[free]]
brief = "`DOCS_USER` is always set."
defaults = ["DOCS_USER"]       # what stands in for these variables, or is the default of these attributes

[[free]]
brief = '{"id": <order_id>, "item": <any text>}'
values = ["item"]              # what these keys of an answer have as their value
```

`brief` is a passage of the exercise's README.md that says so. A change in such a place is no fault, and a suite that takes
points for it errs: `grade author mutate` grades these changes too, and each must earn everything.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gradewright.authoring.source import Edit, Function, Source, is_route, name_of, text_of
from gradewright.content.root import ContentRoot
from gradewright.errors import ContentError

FILE_NAME = "free.toml"
#: Operators whose changes to a value leave a value.
VALUES = frozenset({"string", "number", "element"})
#: Arguments of a reply that are not its body.
NO_BODY = frozenset({"status_code", "headers", "media_type", "background"})


@dataclass(frozen=True, slots=True)
class Place:
    """The characters from `start` to `end`, in which changes by these operators are free."""

    start: int
    end: int
    operators: frozenset[str]

    def has(self, operator: str, edit: Edit) -> bool:
        return operator in self.operators and self.start <= edit.start and edit.end <= self.end


@dataclass(frozen=True, slots=True)
class Free:
    """Routes whose bodies are free, as `POST /login`; variables and attributes whose defaults are; keys whose values are."""

    bodies: frozenset[str] = frozenset()
    defaults: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()

    def places(self, source: Source) -> Iterator[Place]:
        """Yield where the brief leaves the choice, some places more than once."""
        for node in source.nodes:
            if isinstance(node, Function) and any(self._is_free(*route) for route in _routes(node)):
                # None is a body like any other, unless the function promises something else.
                more = {"none"} if node.returns is None else set()
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Return) and inner.value is not None:
                        yield from (Place(*span, VALUES | more) for span in _body(source, inner.value))
            for default in self._defaults(node):
                yield Place(source.start(default), source.end(default), VALUES)
            if isinstance(node, ast.AnnAssign) and node.value is not None and name_of(node.target) in self.defaults:
                yield from _attribute(source, node, node.value)
            if isinstance(node, ast.Return) and node.value is not None:
                yield from (Place(source.start(value), source.end(value), VALUES) for value in self._values(node.value))

    def _is_free(self, verb: str, path: str) -> bool:
        """Return whether the body of this route is free. A router's path may be the end of the whole one."""
        routes = [route.split(" ", 1) for route in self.bodies]
        return any(verb == asked and (whole == path or (path > "/" and whole.endswith(path))) for asked, whole in routes)

    def _defaults(self, node: ast.AST) -> Iterator[ast.expr]:
        """Yield the second argument of `os.environ.get(NAME, …)` and `os.getenv(NAME, …)`."""
        if isinstance(node, ast.Call) and name_of(node) in ("get", "getenv"):
            asked = [text_of(argument) in self.defaults for argument in node.args[:1]]
            yield from node.args[1:2] if any(asked) else ()

    def _values(self, returned: ast.expr) -> Iterator[ast.expr]:
        for node in ast.walk(returned):
            if isinstance(node, ast.Dict):
                pairs = zip(node.keys, node.values, strict=True)
                yield from (value for key, value in pairs if key is not None and text_of(key) in self.values)
            elif isinstance(node, ast.keyword) and node.arg in self.values:
                yield node.value


def _attribute(source: Source, node: ast.AnnAssign, value: ast.expr) -> Iterator[Place]:
    """Yield the default of an attribute; `Field(…)` has more in it than that."""
    if isinstance(value, ast.Call):
        defaults = value.args[:1] or [keyword.value for keyword in value.keywords if keyword.arg == "default"]
        yield from (Place(source.start(default), source.end(default), VALUES) for default in defaults)
    else:
        # With its `=`: whether there is a default is free, too.
        yield Place(source.end(node.annotation), source.end(node), VALUES | {"statement"})


def _routes(handler: Function) -> Iterator[tuple[str, str]]:
    """Yield the routes of a function, such as `GET` and `/items/{item_id}`."""
    for decorator in handler.decorator_list:
        if is_route(decorator) and isinstance(decorator, ast.Call) and decorator.args:
            yield name_of(decorator).upper(), text_of(decorator.args[0]) or ""


def _body(source: Source, returned: ast.expr) -> Iterator[tuple[int, int]]:
    """Yield the parts of what a handler returns that are no status and no header."""
    if not (isinstance(returned, ast.Call) and any(keyword.arg in NO_BODY for keyword in returned.keywords)):
        yield source.start(returned), source.end(returned)
        return
    kept = [keyword.value for keyword in returned.keywords if keyword.arg not in NO_BODY]
    yield from ((source.start(part), source.end(part)) for part in [*returned.args, *kept])


def read_free(root: ContentRoot, slug: str) -> Free:
    """Return what is free in `slug`; an exercise without the file leaves nothing. Raises ContentError."""
    path = root.suite(slug).parent / FILE_NAME
    if not path.exists():
        return Free()
    brief = " ".join((root.exercise(slug) / "README.md").read_text(encoding="utf-8").split())
    found: dict[str, set[str]] = {"bodies": set(), "defaults": set(), "values": set()}
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        for entry in data.pop("free", []):
            _check(entry, brief)
            for kind, names in entry.items():
                found[kind].update(names)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ContentError(f"{path}: {error}", hint="docs/authoring.md shows the form") from None
    if data:
        raise ContentError(f"{path}: unknown {', '.join(data)}", hint="it may have [[free]]")
    return Free(**{kind: frozenset(names) for kind, names in found.items()})


def _check(entry: dict[str, Any], brief: str) -> None:
    """Take the passage out of an entry. Raises ValueError if the brief does not have it, or nothing follows from it."""
    passage = " ".join(str(entry.pop("brief", "")).split())
    if not passage or passage not in brief:
        raise ValueError(f"the brief does not say {passage!r}")
    if not entry or not set(entry) <= {"bodies", "defaults", "values"}:
        raise ValueError("an entry has `brief`, and at least one of bodies, defaults, values")
    if not all(isinstance(names, list) and names and all(isinstance(name, str) for name in names) for names in entry.values()):
        raise ValueError("bodies, defaults and values are lists of texts")
    if not all(" " in str(route) for route in entry.get("bodies", ())):
        raise ValueError("a route among the bodies is a method and a path, as POST /login")

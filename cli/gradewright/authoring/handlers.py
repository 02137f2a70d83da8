"""Style transforms of handlers: `def` ↔ `async def`, `Annotated[T, X()]` ↔ a default `X()`, other error texts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradewright.authoring.fixed import Fixed, is_error_text, is_sentence
from gradewright.authoring.source import Edit, Function, Source, is_handler, name_of, text_of

#: What FastAPI reads from a parameter's default or from its Annotated.
MARKERS = frozenset({"Query", "Path", "Header", "Cookie", "Body", "Form", "Depends", "Security"})
#: Calls that cannot block: an `async def` may make them on the event loop.
QUICK = frozenset(
    "len str int float bool dict list set tuple sorted sum max min next range zip isinstance enumerate any all repr round abs "
    "HTTPException JSONResponse Response".split()
)
QUICK_METHODS = frozenset(
    {"get", "append", "pop", "items", "values", "keys", "lower", "upper", "strip", "split", "join", "model_dump", "setdefault"}
)
_PLAIN_VALUES = (ast.Dict, ast.List, ast.Set, ast.Constant, ast.JoinedStr, ast.ListComp, ast.DictComp, ast.SetComp)


def _signatures(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the handlers of the module's top level that nothing in it calls by name."""
    called = source.called_names()
    for node in source.tree.body:
        if isinstance(node, Function) and is_handler(node) and node.name not in called:
            yield node


def _has(node: ast.AST, *kinds: type[ast.AST]) -> bool:
    return any(isinstance(inner, kinds) for inner in ast.walk(node))


def async_to_def(text: str, _fixed: Fixed) -> str | None:
    """Handlers that await nothing become plain functions, which FastAPI runs in its threads."""
    source = Source(text)
    edits = []
    for node in _signatures(source):
        waits = _has(node, ast.Await, ast.AsyncWith, ast.AsyncFor, ast.Yield, ast.YieldFrom)
        nested = any(inner.is_async for inner in ast.walk(node) if isinstance(inner, ast.comprehension))
        loop = any(isinstance(inner, ast.Name) and inner.id in ("asyncio", "anyio", "trio") for inner in ast.walk(node))
        # Counting in threads is not atomic, so what changes shared state stays on the loop.
        if isinstance(node, ast.AsyncFunctionDef) and not (waits or nested or loop or _has(node, ast.AugAssign, ast.Global)):
            start = source.start(node)
            found = re.match(r"async\s+", source.text[start:])
            if found:
                edits.append(Edit(start, start + found.end(), ""))
    return source.apply_if_valid(edits)


def def_to_async(text: str, _fixed: Fixed) -> str | None:
    """Handlers that do nothing that could block become coroutines."""
    source = Source(text)
    edits = [
        Edit(source.start(node), source.start(node), "async ")
        for node in _signatures(source)
        if isinstance(node, ast.FunctionDef) and not _may_block(source, node)
    ]
    return source.apply_if_valid(edits)


def _may_block(source: Source, node: ast.FunctionDef) -> bool:
    models = _models(source)
    for statement in node.body:
        if _has(statement, ast.Yield, ast.YieldFrom, ast.With, ast.While, ast.FunctionDef, ast.Lambda):
            return True
        for call in ast.walk(statement):
            if not isinstance(call, ast.Call):
                continue
            method = isinstance(call.func, ast.Attribute) and call.func.attr in QUICK_METHODS
            plain = isinstance(call.func, ast.Name) and call.func.id in QUICK | models
            if not (plain or (method and _is_local(source, call.func))):
                return True
    return False


def _is_local(source: Source, function: ast.expr) -> bool:
    """Return whether a method is that of a plain value: `books.get()` of a dict is quick, `service.get()` may block."""
    while isinstance(function, ast.Attribute | ast.Subscript | ast.Call):
        function = function.func if isinstance(function, ast.Call) else function.value
    if not isinstance(function, ast.Name):
        return True
    plain = {"str", "int", "float", "bool", "dict", "list"} | _models(source)
    known = {
        argument.arg: argument.annotation is not None and name_of(argument.annotation) in plain
        for node in source.functions()
        for argument in [*node.args.args, *node.args.kwonlyargs]
    }
    for node in source.nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                made = isinstance(node.value, _PLAIN_VALUES) or name_of(node.value) in QUICK | plain
                known[name_of(target)] = made and known.get(name_of(target), True)
    return known.get(function.id, False)


def _models(source: Source) -> set[str]:
    return {found.name for found in source.tree.body if isinstance(found, ast.ClassDef) and is_model(source, found)}


def is_model(source: Source, node: ast.ClassDef) -> bool:
    """Return whether a class is a pydantic model, as far as this module shows it."""
    classes = {found.name: found for found in source.tree.body if isinstance(found, ast.ClassDef)}
    bases = {name_of(base) for base in node.bases}
    return "BaseModel" in bases or any(
        base in classes and base != node.name and is_model(source, classes[base]) for base in bases
    )


def annotated_to_default(text: str, _fixed: Fixed) -> str | None:
    """`x: Annotated[T, Query(ge=0)] = 5` becomes `x: T = Query(5, ge=0)`."""
    source = Source(text)
    edits: list[Edit] = []
    for node in _uncalled(source):
        own = []
        for argument, default in _parameters(node):
            inside = argument.annotation
            if not (isinstance(inside, ast.Subscript) and name_of(inside.value) == "Annotated"):
                continue
            parts = inside.slice.elts if isinstance(inside.slice, ast.Tuple) else []
            call = parts[1] if len(parts) == 2 else None
            if not isinstance(call, ast.Call) or name_of(call) not in MARKERS or (default is not None and call.args):
                continue
            written = source.segment(call)
            if default is not None:
                head, _paren, rest = written.partition("(")
                written = f"{head}({source.segment(default)}{'' if rest == ')' else ', '}{rest}"
            end = source.end(default if default is not None else argument)
            own.append(Edit(source.start(argument), end, f"{argument.arg}: {source.segment(parts[0])} = {written}"))
        # A parameter without a default may follow; then this function keeps its form.
        if own and source.apply_if_valid(own):
            edits += own
    return source.apply_if_valid(edits)


def default_to_annotated(text: str, _fixed: Fixed) -> str | None:
    """`x: T = Query(5, ge=0)` becomes `x: Annotated[T, Query(ge=0)] = 5`."""
    source = Source(text)
    edits: list[Edit] = []
    for node in _uncalled(source):
        own = []
        for argument, default in _parameters(node):
            if not isinstance(default, ast.Call) or argument.annotation is None or name_of(default) not in MARKERS:
                continue
            if (
                any(keyword.arg in (None, "default", "default_factory") for keyword in default.keywords)
                or len(default.args) > 1
            ):
                continue
            if "Annotated" in source.segment(argument.annotation):
                continue
            call, after = source.segment(default), ""
            if default.args and name_of(default) not in ("Depends", "Security"):
                first = default.args[0]
                rest = ", ".join(source.segment(keyword) for keyword in default.keywords)
                call = f"{source.segment(default.func)}({rest})"
                after = "" if isinstance(first, ast.Constant) and first.value is Ellipsis else f" = {source.segment(first)}"
            annotation = f"Annotated[{source.segment(argument.annotation)}, {call}]"
            own.append(Edit(source.start(argument), source.end(default), f"{argument.arg}: {annotation}{after}"))
        if own and source.apply_if_valid(own):
            edits += own
    imported = any(isinstance(node, ast.alias) and node.name == "Annotated" for node in source.nodes)
    if edits and not imported:
        place = next((node for node in source.tree.body if isinstance(node, ast.Import | ast.ImportFrom)), None)
        if place is None or (isinstance(place, ast.ImportFrom) and place.module == "__future__"):
            return None
        edits.append(Edit(source.start(place), source.start(place), "from typing import Annotated\n"))
    return source.apply_if_valid(edits)


def _uncalled(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the functions that only FastAPI calls: a default `Query(5)` means nothing to anybody else."""
    called = {name_of(node) for node in source.nodes if isinstance(node, ast.Call)}
    for node in source.functions():
        if node.name not in called:
            yield node


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    arguments = node.args
    plain = [*arguments.posonlyargs, *arguments.args]
    missing: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults))
    yield from zip(plain, [*missing, *arguments.defaults], strict=True)
    yield from zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)


def other_texts(text: str, fixed: Fixed) -> str | None:
    """Every error says something else, where neither the brief nor the module itself depends on what it says."""
    source = Source(text)
    texts = [found for node in source.nodes if (found := text_of(node)) is not None]
    edits = []
    for node in source.nodes:
        said = text_of(node)
        if not said or isinstance(source.parents.get(node), ast.JoinedStr) or not is_error_text(source, node):
            continue
        if not fixed.quoted(said) and texts.count(said) == 1 and (is_sentence(said) or _is_detail(source, node)):
            edits.append(source.replace(node, '"Quite another text."'))
    return source.apply_if_valid(edits)


def _is_detail(source: Source, node: ast.AST) -> bool:
    parent = source.parents.get(node)
    return isinstance(parent, ast.keyword) and parent.arg == "detail"

"""What a brief and a suite fix, and which texts in a solution are only for people to read."""

from __future__ import annotations

import ast
import itertools
import re
from dataclasses import dataclass, replace
from pathlib import Path

from gradewright.authoring.source import Function, Source, name_of, text_of
from gradewright.content.root import ContentRoot

#: Arguments that document. A brief that asks for one quotes it.
DOCUMENTING = frozenset(
    {"title", "summary", "description", "response_description", "operation_id", "tags", "openapi_tags", "example", "examples",
     "version", "detail"}
)  # fmt: skip
#: Arguments that change the schema only. A brief or a suite that asks for one has its name.
SCHEMA_ONLY = frozenset({"tokenUrl", "scheme_name", "responses", "include_in_schema", "tags"})
#: Settings of a log, and arguments that make an error's details shorter.
LOG_SETTINGS = frozenset({"accesslog", "errorlog", "loglevel", "access_log", "log_level", "log_config", "access_log_format"})
SHORTER = frozenset({"include_url", "include_context"})
#: Keys and arguments that hold an error's text.
ERROR_TEXTS = frozenset({"detail", "message", "msg"})
LOGGERS = frozenset({"log", "logger", "logging", "_log", "_logger"})
_COUNTS = {word: count for count, word in enumerate("one two three four five six seven eight nine ten".split(), 1)}
_COUNTS |= {"a": 1, "an": 1}
#: How many seconds a unit of time has.
UNITS = {"s": 1, "second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_TIME = re.compile(rf"\b(\d+(?:\.\d+)?|{'|'.join(_COUNTS)})[ -]({'|'.join(UNITS)})s?\b")
#: To log in is something else.
_LOG = re.compile(r"\blog(s|ged|ging|ger)?\b(?!\s+(?:in|out|on)\b)", re.IGNORECASE)
_CHALLENGE = re.compile(r'\w+ realm="[^"]*"')
_SPAN = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_WORD = re.compile(r"[A-Za-z_]\w*")
_SENTENCE = re.compile(r"[A-Za-z][\w'’,:;-]*( [\w'’,.:;()-]+)+[.!?]?")
_SQL = re.compile(r"(select|insert|update|delete|create|alter|drop|pragma|with|begin)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fixed:
    """`names` may not be renamed. Of the brief, `quotes` is all that it quotes, `seconds` are the times that it names,
    `numbers` what it writes in digits, and `logging` says whether it speaks of logs.
    """

    names: frozenset[str] = frozenset()
    quotes: str = ""
    logging: bool = False
    seconds: frozenset[float] = frozenset()
    numbers: frozenset[str] = frozenset()

    def quoted(self, text: str) -> bool:
        # `/conflict` does not quote the text "conflict", and `crashed` not "crash"; a comma stands everywhere.
        return bool(re.search(r"\w", text)) and bool(re.search(rf"(?<![\w/]){re.escape(text)}(?!\w)", self.quotes))

    def and_names(self, more: set[str]) -> Fixed:
        return replace(self, names=self.names | more)


def read_fixed(root: ContentRoot, slug: str) -> Fixed:
    """Return what the brief of `slug` has in backticks and its suite in strings."""
    brief = (root.exercise(slug) / "README.md").read_text(encoding="utf-8")
    quotes = "\n".join(_SPAN.findall(brief))
    names = set(_WORD.findall(quotes)) | {"app"}
    for path in sorted(root.suite(slug).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names.update(_WORD.findall(text_of(node) or ""))
    logging = bool(_LOG.search(brief))
    seconds = {float(_COUNTS.get(count, count)) * UNITS[unit] for count, unit in _TIME.findall(brief)}
    # 1,048,576 is one number, and three.
    numbers = re.findall(r"\d+", brief) + [re.sub(r"\D", "", found) for found in re.findall(r"\d{1,3}(?:[,_]\d{3})+", brief)]
    return Fixed(frozenset(names), quotes, logging, frozenset(seconds), frozenset(numbers))


def names_used(path: Path) -> set[str]:
    """Return every name in a module: none of them may change under it in another one."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Name | ast.Attribute):
            found.add(name_of(node))
        elif isinstance(node, ast.alias):
            found.update(_WORD.findall(f"{node.name} {node.asname or ''}"))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.update(_WORD.findall(node.value))
    return found


def is_log_call(node: ast.AST) -> bool:
    """Return whether `node` writes to a log or to standard output."""
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    return (isinstance(function, ast.Attribute) and name_of(function.value) in LOGGERS) or (
        isinstance(function, ast.Name) and function.id == "print"
    )


def is_sentence(text: str) -> bool:
    return bool(_SENTENCE.fullmatch(text.strip())) and not _SQL.match(text.strip())


def is_error_text(source: Source, node: ast.AST) -> bool:
    """Return whether a string is the text of an error: an argument of what is raised, or a `detail`."""
    parent = source.parents.get(node)
    if isinstance(parent, ast.keyword):
        return parent.arg in ERROR_TEXTS
    if isinstance(parent, ast.Dict):
        key = next((key for key, value in zip(parent.keys, parent.values, strict=True) if value is node), None)
        return key is not None and text_of(key) in ERROR_TEXTS
    return isinstance(parent, ast.Call) and isinstance(source.parents.get(parent), ast.Raise)


def is_in_error_text(source: Source, node: ast.AST) -> bool:
    """Return whether a string goes into the text of an error: another error's text, or part of what is raised."""
    if isinstance(node, ast.JoinedStr) and any(
        isinstance(part, ast.Subscript) and text_of(part.slice) in ERROR_TEXTS for part in ast.walk(node)
    ):
        return True
    raised = [inner for inner, outer in itertools.pairwise(source.ancestors(node)) if isinstance(outer, ast.Raise)]
    # An HTTPException has a status and headers as well.
    return bool(raised) and isinstance(raised[0], ast.Call) and name_of(raised[0]) != "HTTPException"


def is_described(source: Source, node: ast.AST, fixed: Fixed) -> bool:
    """Return whether `node` is the key or the text of an entry such as `"description": "Not yours"`, unasked for."""
    parent = source.parents.get(node)
    for key, value in zip(parent.keys, parent.values, strict=True) if isinstance(parent, ast.Dict) else ():
        if key is not None and node in (key, value):
            text = text_of(value)
            return text_of(key) in DOCUMENTING and text is not None and not fixed.quoted(text)
    return False


def is_unasked_headers(source: Source, node: ast.AST, fixed: Fixed) -> bool:
    """Return whether `node` is the dict of an answer's headers, and neither the brief nor the suite speaks of one of them.

    A good 401 says `WWW-Authenticate`; where the brief does not ask for it, no check may depend on it.
    """
    if not isinstance(node, ast.Dict) or not node.keys:
        return False
    parent = source.parents.get(node)
    passed = (isinstance(parent, ast.keyword) and parent.arg == "headers") or (
        isinstance(parent, ast.Call) and name_of(parent) == "HTTPException" and node in parent.args[2:3]
    )
    if not passed:
        return False
    asked = {name.lower() for name in fixed.names}
    keys = [text_of(key) if key is not None else None for key in node.keys]
    return all(key is not None and not {word.lower() for word in _WORD.findall(key)} <= asked for key in keys)


def is_ignored(source: Source, node: ast.AST, fixed: Fixed) -> bool:
    """Return whether the framework does the same without `node`, or only describes it.

    Pydantic makes a class method of a validator that is none, and Starlette a context manager of a generator function that is
    given as `lifespan`. `@app.middleware("http")` does not look at its argument, and UTF-8 is what a grade's environment says
    anyway. What describes only is a hole where the suite reads it: then the brief or the suite has its name.
    """
    parent = source.parents.get(node)
    if isinstance(parent, Function) and node in parent.decorator_list:
        if name_of(node) == "classmethod":
            return any(name_of(other) in ("field_validator", "model_validator") for other in parent.decorator_list)
        return name_of(node) == "asynccontextmanager" and any(
            isinstance(each, ast.keyword) and each.arg == "lifespan" and name_of(each.value) == parent.name
            for each in source.nodes
        )
    if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute) and parent.func.attr == "middleware":
        return text_of(node) == "http"
    if _is_page_without_schema(source, node) or _is_private(source, node, fixed):
        return True
    if isinstance(parent, ast.keyword) and parent.arg == "encoding" and (text_of(node) or "").lower() in ("utf-8", "utf8"):
        return True
    quiet = frozenset() if fixed.logging else LOG_SETTINGS
    if isinstance(node, ast.Assign) and name_of(node.targets[0]) in quiet:
        return True
    return isinstance(parent, ast.keyword) and parent.arg in (SCHEMA_ONLY | SHORTER | quiet) - fixed.names


def _is_page_without_schema(source: Source, node: ast.AST) -> bool:
    """Return whether `node` is the None of a `docs_url` or `redoc_url` next to `openapi_url=None`, or the key of that None.

    Without a schema FastAPI serves no page for it.
    """
    parent = source.parents.get(node)
    whole = source.parents.get(parent) if isinstance(parent, ast.keyword) else parent
    if isinstance(whole, ast.Call):
        entries = [(keyword.arg, keyword.value, keyword.value) for keyword in whole.keywords]
    elif isinstance(whole, ast.Dict):
        entries = [(text_of(key), key, value) for key, value in zip(whole.keys, whole.values, strict=True) if key is not None]
    else:
        return False
    nothing = {name for name, _key, value in entries if isinstance(value, ast.Constant) and value.value is None}
    mine = {name for name, key, value in entries if node in (key, value)}
    return "openapi_url" in nothing and bool(mine & nothing & {"docs_url", "redoc_url"})


def _is_private(source: Source, node: ast.AST, fixed: Fixed) -> bool:
    """Return whether `node` is what a table or a thread is called, or whether a column has an index, unasked for."""
    parent = source.parents.get(node)
    if isinstance(parent, ast.Assign) and name_of(parent.targets[0]) == "__tablename__":
        return node is parent.value and text_of(node) not in fixed.names
    call = source.parents.get(parent) if isinstance(parent, ast.keyword) else None
    if not isinstance(parent, ast.keyword) or not isinstance(call, ast.Call):
        return False
    if parent.arg == "name":
        return name_of(call) in ("Thread", "Timer")
    return parent.arg == "index" and name_of(call) in ("mapped_column", "Column") and "index" not in fixed.names


def for_people(source: Source, node: ast.AST, fixed: Fixed) -> bool:
    """Return whether `node` is what no check may depend on: a log message, an error's text, an unasked title or header.

    So is what a context variable calls itself, and what pytest calls the cases of a test.
    """
    text = text_of(node)
    if (text is not None and is_described(source, node, fixed)) or _names_cases(source, node):
        return True
    parent = source.parents.get(node)
    if isinstance(parent, ast.Call) and name_of(parent) == "ContextVar" and node in parent.args[:1]:
        return True
    if any(is_unasked_headers(source, above, fixed) for above in (node, *source.ancestors(node))):
        return True
    if text is None or fixed.quoted(text):
        return False
    if is_sentence(text) or is_error_text(source, node) or is_in_error_text(source, node) or _CHALLENGE.fullmatch(text):
        return True
    return any(
        is_log_call(above) or (isinstance(above, ast.keyword) and above.arg in DOCUMENTING) for above in source.ancestors(node)
    )


def _names_cases(source: Source, node: ast.AST) -> bool:
    """Return whether `node` is in the `ids` of a `parametrize`."""
    return any(
        isinstance(above, ast.keyword) and above.arg == "ids" and name_of(source.parents[above]) == "parametrize"
        for above in source.ancestors(node)
    )

"""Finds and imports the learner's app, and says precisely what is wrong when it cannot."""

from __future__ import annotations

import importlib
import inspect
import os
import sys
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from gradewright.worker.problem import describe, submission_root

#: Where an app is looked for when the exercise's own file is absent, in this order.
OTHER_MODULES = ("main", "application", "api", "server", "asgi", "app.main", "src.app", "src.main")
FACTORIES = ("create_app", "make_app", "build_app", "get_app", "application_factory")


class LoadProblem(Exception):
    """The app could not be loaded; `facts` is what the grader needs to explain it."""

    def __init__(self, kind: str, **facts: Any) -> None:
        super().__init__(kind)
        self.facts = {"kind": kind, **facts}


@dataclass(slots=True)
class Loaded:
    """The imported app, its `module:attribute` and remarks about how it was found."""

    app: Any
    name: str
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Front:
    """What a provided module that stands in front of the submission's app should take for it, and what it took."""

    wanted: str | None
    behind: Loaded | None = None


#: The front of the module that is being imported.
_FRONT: ContextVar[Front | None] = ContextVar("_FRONT", default=None)


def load(root: str, wanted: str | None, *, behind: str | None = None, factory_names: tuple[str, ...] = ()) -> Loaded:
    """Import the app of the submission in `root`. `wanted` is `module:attribute`; raises LoadProblem.

    Where `wanted` is in front of the submission's own app, `behind` names that one, if it was asked for. What is returned is
    then called what the one behind is called: the learner has no other.
    """
    front = Front(behind)
    token = _FRONT.set(front)
    try:
        loaded = _load(root, wanted, factory_names)
    finally:
        _FRONT.reset(token)
    return loaded if front.behind is None else Loaded(loaded.app, front.behind.name, front.behind.notes)


def _load(root: str, wanted: str | None, factory_names: tuple[str, ...]) -> Loaded:
    asked_for = wanted or "app:app"
    module_name, _, attribute = asked_for.partition(":")
    notes: list[str] = []
    found = module_name
    if wanted is None and not _exists(root, module_name):
        found = _other_module(root, module_name)
        notes.append(f"{module_name}.py is missing, so {found.replace('.', '/')}.py was taken")
    module = _import(root, found)
    if not hasattr(module, attribute) and _exists(root, f"{found}.main") and wanted is None:
        found = f"{found}.main"
        module = _import(root, found)
    app, name, remark = _pick(module, attribute or "app", factory_names or FACTORIES)
    if remark:
        notes.append(remark)
    return Loaded(app, f"{found}:{name}", notes)


def load_beside(module_file: str, *, tell: bool = False) -> Any:
    """Return the app of the submission that an exercise's own module stands in front of; `module_file` is its `__file__`.

    Raises LoadProblem, whose context is what the submission raised: the loader that imports the exercise's module passes it on.
    With `tell` the facts are also written to stderr.
    """
    front = _FRONT.get() or Front(None)
    try:
        front.behind = load(os.path.dirname(os.path.abspath(module_file)), front.wanted)
    except LoadProblem as problem:
        if tell:
            facts = ", ".join(f"{name}: {value}" for name, value in problem.facts.items() if value)
            sys.stderr.write(f"{facts}\n")
        raise
    return front.behind.app


def _exists(root: str, module: str) -> bool:
    path = os.path.join(root, *module.split("."))
    return os.path.isfile(path + ".py") or os.path.isfile(os.path.join(path, "__init__.py")) or os.path.isdir(path)


def _is_file(root: str, module: str) -> bool:
    return os.path.isfile(os.path.join(root, *module.split(".")) + ".py")


def _other_module(root: str, wanted: str) -> str:
    candidates = [name for name in OTHER_MODULES if _is_file(root, name)]
    scripts = sorted(name[:-3] for name in os.listdir(root) if name.endswith(".py"))
    if not candidates:
        candidates = [name for name in scripts if name.isidentifier() and _mentions_app(root, name)]
    if len(candidates) == 1:
        return candidates[0]
    raise LoadProblem("no_app_file", wanted=f"{wanted}.py", candidates=candidates or scripts, found=scripts)


def _mentions_app(root: str, module: str) -> bool:
    try:
        with open(os.path.join(root, module + ".py"), encoding="utf-8", errors="replace") as file:
            return "FastAPI(" in file.read(200_000)
    except OSError:
        return False


def _import(root: str, name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except LoadProblem:
        raise
    except SystemExit as error:
        raise LoadProblem("exit_at_import", code=str(error.code)[:200], **describe(error)) from None
    except SyntaxError as error:
        raise LoadProblem("syntax_error", **describe(error)) from None
    except ModuleNotFoundError as error:
        facts = describe(error)
        if error.name in (name, name.partition(".")[0]) and not facts["frames"]:
            scripts = sorted(entry for entry in os.listdir(root) if entry.endswith(".py"))
            raise LoadProblem("no_app_file", wanted=f"{name}.py", candidates=scripts, found=scripts) from None
        raise LoadProblem("module_not_found", **facts) from None
    except ImportError as error:
        text = str(error)
        if "relative import" in text:
            kind = "relative_import"
        elif "partially initialized module" in text:
            kind = "circular_import"
        else:
            kind = "import_error"
        raise LoadProblem(kind, **describe(error)) from None
    except BaseException as error:
        kind = "circular_import" if "partially initialized module" in str(error) else "import_error"
        if isinstance(error, EOFError) and "reading a line" in str(error):
            kind = "input_at_import"
        elif isinstance(error, PermissionError):
            kind = "not_allowed"
        raise LoadProblem(kind, **describe(error)) from None


def _pick(module: ModuleType, attribute: str, factories: tuple[str, ...]) -> tuple[Any, str, str]:
    """Return the app, its attribute's name and a remark if that is not the one asked for."""
    if hasattr(module, attribute):
        value = getattr(module, attribute)
        if _is_asgi(value):
            return value, attribute, ""
        if _is_factory(value):
            return _call(value, attribute, _file(module)), f"{attribute}()", f"{attribute} is a factory; it was called"
        raise LoadProblem("not_asgi", attribute=attribute, type=type(value).__name__[:200], file=_file(module))
    apps = [name for name, value in vars(module).items() if _is_app(value)]
    if len(apps) == 1:
        return getattr(module, apps[0]), apps[0], f"there is no `{attribute}`, so `{apps[0]}` was taken"
    if not apps:
        for name in factories:
            value = getattr(module, name, None)
            if _is_factory(value):
                return _call(value, name, _file(module)), f"{name}()", f"there is no `{attribute}`, so `{name}()` was called"
    raise LoadProblem("no_app_object", attribute=attribute, candidates=apps, file=_file(module))


def _file(module: ModuleType) -> str:
    path = getattr(module, "__file__", None) or module.__name__
    return os.path.relpath(os.path.realpath(path), submission_root())


def _is_app(value: Any) -> bool:
    starlette = sys.modules.get("starlette.applications")
    return starlette is not None and isinstance(value, starlette.Starlette)


def _is_asgi(value: Any) -> bool:
    if inspect.isclass(value):
        return False
    call = getattr(type(value), "__call__", None)  # noqa: B004 - the coroutine function itself is wanted
    return inspect.iscoroutinefunction(value) or inspect.iscoroutinefunction(call) or _is_app(value)


def _is_factory(value: Any) -> bool:
    if not inspect.isfunction(value) or inspect.iscoroutinefunction(value):
        return False
    parameters = inspect.signature(value).parameters.values()
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return all(p.default is not p.empty or p.kind in variadic for p in parameters)


def _call(factory: Any, name: str, file: str) -> Any:
    try:
        app = factory()
    except BaseException as error:
        raise LoadProblem("factory_failed", attribute=name, **describe(error)) from None
    if not _is_asgi(app):
        raise LoadProblem("not_asgi", attribute=f"{name}()", type=type(app).__name__[:200], file=file)
    return app

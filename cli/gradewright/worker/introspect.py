"""What an app says about itself: its routes with their dependencies, and its OpenAPI document.

`include_router` keeps a lazy node in `app.routes`, so a flat walk misses everything below it;
`fastapi.routing.iter_route_contexts` recurses (FastAPI ≥ 0.163), and mounted apps are walked as well.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from gradewright.worker.problem import submission_root

MAX_DEPTH = 50


def _contexts(app: Any) -> Iterator[tuple[str, Any]]:
    """Yield (prefix, route) for every route, through included routers and mounted apps."""
    for prefix, owner in _owners(app):
        for route in _flat(getattr(owner, "routes", None) or []):
            yield prefix, route


def _owners(app: Any) -> Iterator[tuple[str, Any]]:
    """Yield (prefix, app) for the app and for each that is mounted below it, once each."""
    pending: list[tuple[str, Any]] = [("", app)]
    seen: set[int] = set()
    while pending:
        prefix, owner = pending.pop(0)
        if id(owner) in seen:
            continue
        seen.add(id(owner))
        yield prefix, owner
        for route in _flat(getattr(owner, "routes", None) or []):
            mount = getattr(route, "original_route", route)
            if _is_mount(mount):
                # Middleware of the mount itself hides the app in `app`; the mount keeps it in `_base_app` as well.
                inner = getattr(mount, "_base_app", None) or getattr(mount, "app", None)
                pending.append((prefix + str(getattr(route, "path", None) or ""), inner))


def _is_mount(route: Any) -> bool:
    routing = sys.modules.get("starlette.routing")
    return routing is not None and isinstance(route, (routing.Mount, routing.Host))


def override_tables(app: Any) -> list[dict[Any, Any]]:
    """Return the `dependency_overrides` of the app and of every FastAPI app mounted below it: each reads only its own."""
    tables = (getattr(owner, "dependency_overrides", None) for _prefix, owner in _owners(app))
    return [table for table in tables if isinstance(table, dict)]


def _flat(routes: list[Any]) -> Iterator[Any]:
    routing = sys.modules.get("fastapi.routing")
    walk = getattr(routing, "iter_route_contexts", None)
    if walk is not None:
        yield from walk(routes)
    else:
        yield from routes


def dependencies(app: Any) -> list[Any]:
    """Return every callable that some route depends on, at any depth, each once."""
    found: dict[int, Any] = {}

    def visit(dependant: Any, depth: int) -> None:
        for child in getattr(dependant, "dependencies", None) or []:
            call = getattr(child, "call", None)
            if call is not None:
                found.setdefault(id(call), call)
            if depth < MAX_DEPTH:
                visit(child, depth + 1)

    for _prefix, route in _contexts(app):
        visit(getattr(route, "dependant", None), 0)
    return list(found.values())


def own_modules() -> list[ModuleType]:
    """Return the imported modules whose file lies in the submission.

    Compared as text: the submission holds no links, and resolving a thousand paths costs more than all else of an override.
    """
    root = submission_root() + os.sep
    found = []
    for module in list(sys.modules.values()):
        if isinstance(module, ModuleType):
            path = module.__dict__.get("__file__")
            if isinstance(path, str) and path.startswith(root):
                found.append(module)
    return found


def _tree(dependant: Any, depth: int = 0) -> list[dict[str, Any]]:
    if depth >= MAX_DEPTH:
        return []
    return [
        {
            "name": _name(getattr(child, "call", None)),
            "use_cache": bool(getattr(child, "use_cache", True)),
            "dependencies": _tree(child, depth + 1),
        }
        for child in getattr(dependant, "dependencies", None) or []
    ]


def _name(call: Any) -> str:
    return str(getattr(call, "__name__", None) or type(call).__name__)


def routes(app: Any) -> list[dict[str, Any]]:
    """Return one record a route: path, methods, name, endpoint, is_coroutine, dependencies (a tree), status_code."""
    found = []
    for prefix, route in _contexts(app):
        endpoint = getattr(route, "endpoint", None)
        found.append(
            {
                "path": prefix + str(getattr(route, "path", "") or ""),
                "methods": sorted(getattr(route, "methods", None) or []),
                "name": str(getattr(route, "name", "") or ""),
                "endpoint": _name(endpoint),
                "is_coroutine": inspect.iscoroutinefunction(endpoint),
                "status_code": getattr(route, "status_code", None),
                "dependencies": _tree(getattr(route, "dependant", None)),
            }
        )
    return found


def openapi(app: Any) -> Any:
    """Return the app's OpenAPI document as JSON-ready data."""
    from fastapi.encoders import jsonable_encoder

    return jsonable_encoder(app.openapi())

"""Apps below apps: their routes are seen, and a dependency of theirs can be overridden."""

from __future__ import annotations

APP = """
    from fastapi import APIRouter, Depends, FastAPI
    from starlette.middleware import Middleware
    from starlette.middleware.gzip import GZipMiddleware
    from starlette.routing import Mount

    def get_name():
        return "real"

    def get_deep():
        return "deep"

    app, inner, deepest = FastAPI(), FastAPI(), FastAPI()
    router = APIRouter(prefix="/r")

    @app.get("/outer")
    def outer(name=Depends(get_name)):
        return {"name": name}

    @router.get("/inner")
    def inside(name=Depends(get_name)):
        return {"name": name}

    @deepest.get("/deep")
    def deep(name=Depends(get_deep)):
        return {"name": name}

    inner.include_router(router)
    inner.router.routes.append(Mount("/below", deepest, middleware=[Middleware(GZipMiddleware)]))
    app.mount("/v2", inner)
"""

SUITE = """
    from gradewright.suite import Value, point


    @point("routes")
    def test_routes(app, expect):
        paths = {route["path"] for route in app.routes()}
        for path in ("/outer", "/v2/r/inner", "/v2/below/deep"):
            expect.that(path in paths, f"{path} should be among the routes.")


    @point("override")
    def test_override(app, client, expect, nonce):
        name = nonce()
        with app.override("get_name", Value(name)):
            expect.json(client.get("/outer"), {"name": name}, "The outer app should use the override.")
            expect.json(client.get("/v2/r/inner"), {"name": name}, "The mounted app should use the override.")
        with app.override("get_deep", Value(name)):
            expect.json(client.get("/v2/below/deep"), {"name": name}, "So should one behind a mount's middleware.")
        expect.json(client.get("/v2/r/inner"), {"name": "real"}, "The override should end with its block.")
        expect.json(client.get("/v2/below/deep"), {"name": "deep"}, "The override should end with its block.")
"""


def test_mounted_apps_are_seen_and_overridden(grade, make_root, make_app):
    done = grade("--root", make_root(SUITE), "01-made", make_app(APP), "--json")
    assert done.lost == []


def test_a_starlette_app_may_hold_the_fastapi_app(grade, make_root, make_app):
    wrapped = APP + "\n    from starlette.applications import Starlette\n    app = Starlette(routes=[Mount('/', app)])\n"
    done = grade("--root", make_root(SUITE), "01-made", make_app(wrapped), "--json")
    assert done.point("override")["status"] == "won"

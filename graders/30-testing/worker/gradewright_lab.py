"""A pytest plugin that runs the collected tests many times, each time on the target that the grader sends.

Starting pytest and collecting cost more than most passes, so one process does for all targets. The modules store and deps stay,
since the tests have imported their functions and override them by identity; the app is set up anew, in the same object.
"""

import contextlib
import sys
import types
from typing import ClassVar

import pytest
import target

from gradewright.worker.twins import call

#: The modules of the package, in the order in which they import each other.
MODULES = ("store", "deps", "app")
#: What TestClient puts into a request's scope, and no async client does.
TESTCLIENT = "http.response.debug"


class Pass:
    """What is heard of the tests while they run once."""

    failed: ClassVar[list] = []
    passed = 0
    hits: ClassVar[list] = []

    @classmethod
    def begin(cls):
        cls.failed, cls.passed, cls.hits = [], 0, []


def execute(module, source):
    exec(compile(source, f"target/{module.__name__.rpartition('.')[2]}.py", "exec"), module.__dict__)


def make_package(sources):
    """Import the target, before anything of the learner's does."""
    for name in MODULES:
        module = types.ModuleType(f"target.{name}")
        sys.modules[module.__name__] = module
        setattr(target, name, module)
        execute(module, sources[name])


make_package(call("lab.package"))
app = target.app.app


class Heard(type(app)):
    """The app, which notes what it is asked for."""

    async def __call__(self, scope, receive, send):
        async def heard(message):
            if message["type"] == "http.response.start":
                by = "TestClient" if TESTCLIENT in scope.get("extensions", {}) else "async client"
                Pass.hits.append(f"{scope['method']} {scope['path'][:80]} {message['status']} by {by}")
            await send(message)

        await super().__call__(scope, receive, heard)


app.__class__ = Heard


def put(order, overrides):
    """Put another target in the place of the last one, in the state of a process that has just started."""
    target.deps.database.__init__()
    fresh = types.ModuleType("target.deps")
    execute(fresh, order["deps"])
    for name, found in vars(fresh).items():
        if isinstance(found, types.FunctionType) and found.__module__ == "target.deps":
            getattr(target.deps, name).__code__ = found.__code__
    execute(target.app, order["app"].replace("app = FastAPI(", "app.__init__("))
    app.dependency_overrides = overrides[0]
    app.dependency_overrides.clear()
    app.dependency_overrides.update(overrides[1])


def pytest_runtest_logreport(report):
    if report.failed:
        Pass.failed.append(report.nodeid[:200])
    elif report.when == "call" and report.passed:
        Pass.passed += 1


def run_once(session, order):
    """Run the tests of the order and return what came of them."""
    chosen = session.items if order["tests"] is None else [session.items[number] for number in order["tests"]]
    Pass.begin()
    hits = []
    for item, following in zip(chosen, [*chosen[1:], None], strict=True):
        Pass.hits = []
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        hits.append(Pass.hits[:200])
        if Pass.failed and order["stop"]:
            with contextlib.suppress(Exception):
                session._setupstate.teardown_exact(None)  # noqa: SLF001 - what pytest does when a session ends
            break
    session.shouldfail = session.shouldstop = False
    left = sorted(str(getattr(name, "__name__", name))[:50] for name in app.dependency_overrides)
    result = {"failed": Pass.failed[:20], "passed": Pass.passed, "left": left[:20]}
    if order["hits"]:
        result |= {"hits": hits, "names": [item.nodeid[:200] for item in chosen]}
    return result


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session):
    if session.testsfailed:
        return None  # They could not be collected; pytest says so.
    overrides = app.dependency_overrides, dict(app.dependency_overrides)
    result = None
    while order := call("lab.next", result):
        put(order, overrides)
        result = run_once(session, order)
    return True

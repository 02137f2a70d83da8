"""Runs tests that a learner wrote, in the sandbox, against the app that lies beside them.

What comes out is the word of hostile code. The grader pays only for discrimination: the same tests, on good and on broken
targets it chose in secret, must come out green and red.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from gradewright.worker.link import Link

MAX_TESTS = 500


class Collector:
    """A pytest plugin that keeps one outcome per test."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.when != "call" and report.outcome == "passed":
            return
        # A test that passed and then failed in its teardown has failed.
        if len(self.outcomes) < MAX_TESTS and self.outcomes.get(report.nodeid) in (None, "passed"):
            self.outcomes[str(report.nodeid)[:300]] = str(report.outcome)

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.outcomes[str(report.nodeid or "collection")[:300]] = "error"


def run(link: Link, path: str) -> None:
    """Run pytest on `path` (inside the working directory) and send {"event": "tests", "code", "outcomes"}."""
    import pytest

    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.argv = ["pytest", path]
    collector = Collector()
    plugins = [word for name in ("anyio", "pytest_asyncio") if _has(name) for word in ("-p", _PLUGINS[name])]
    code = pytest.main(["-q", "-p", "no:cacheprovider", *plugins, path], plugins=[collector])
    link.send({"event": "tests", "code": int(code), "outcomes": collector.outcomes})


_PLUGINS = {"anyio": "anyio.pytest_plugin", "pytest_asyncio": "pytest_asyncio.plugin"}


def _has(name: str) -> bool:
    import importlib.util

    return importlib.util.find_spec(name) is not None

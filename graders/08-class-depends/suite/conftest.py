"""Fixtures of 08-class-depends."""

from pathlib import Path

import pytest


@pytest.fixture
def tick(app):
    """The grader's side of slow.tick()."""
    return app.serve("slow.tick", lambda _call: None)


@pytest.fixture
def probe(app, nonce):
    """Serve routes of the grader's own for the rest of the test; they use the submission's classes.

    /paging depends on Paging, /count on an instance of Hits, and /plan/0, /plan/1, … are guarded by a PlanChecker for each of
    the plans that are given.
    """

    def serve(*plans):
        name = f"probe_{nonce()}"
        text = Path(__file__).with_name("probe.txt").read_text(encoding="utf-8")
        text = text.replace("PLANS", repr(plans))
        app.restart(files={f"{name}.py": text}, app=f"{name}:app")

    return serve

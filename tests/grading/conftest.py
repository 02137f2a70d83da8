"""What the tests of grading share: the apps that suites ask, and what they lost."""

from pathlib import Path

import pytest

APPS = Path(__file__).parent / "apps"


@pytest.fixture
def graded(grade, make_root, make_app):
    """Grade the app of this name in `apps` with a suite; returns the finished command, which has a verdict."""

    def run(app, suite, *options):
        source = (APPS / f"{app}.py").read_text(encoding="utf-8")
        done = grade("--root", make_root(suite), "01", make_app(source), "--json", *options)
        assert done.out, done.err
        return done

    return run


@pytest.fixture
def failures():
    """Return what a verdict says of each point that was not won: its message, what was expected, and what came."""

    def read(done):
        return {
            point["id"]: (point["message"], point["expected"], point["got"])
            for point in done.verdict["points"]
            if point["status"] != "won"
        }

    return read

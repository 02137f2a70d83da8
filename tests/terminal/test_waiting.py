"""What takes longer than a second says so at a terminal, and only there."""

import pytest

pytestmark = pytest.mark.engine

SLOW = "import time\n\ntime.sleep(2.5)\n\nfrom fastapi import FastAPI\n\napp = FastAPI()\n"


def test_a_slow_grade_says_what_it_does_and_takes_it_back(terminal, make_app):
    screen = terminal("07", make_app(SLOW), "--no-report")
    shown = screen.expect("points")
    assert "grading 07-depends …\r\x1b[K" in shown
    assert shown.index("\x1b[K") < shown.index("P1 injected-value")
    assert screen.ended() == 1


def test_a_pipe_gets_the_verdict_alone(grade, make_app):
    done = grade("07", make_app(SLOW), "--no-report")
    assert done.err == ""
    assert done.out.startswith("07-depends")


def test_quiet_is_quiet(terminal, make_app):
    screen = terminal("-q", "07", make_app(SLOW), "--no-report")
    assert "grading" not in screen.expect("points")

"""The runner with the real engine: a lane, and the engine that grades once, as where there are no lanes."""

import time
import types
from queue import SimpleQueue

import pytest

from gradewright.content.catalogue import Catalogue
from gradewright.content.root import ContentRoot
from gradewright.session import steady
from gradewright.session.lane import Lane
from gradewright.session.options import GradeOptions
from gradewright.watch.runner import Ended, Runner


@pytest.fixture(params=["linux", "elsewhere"])
def grader(request, monkeypatch, repository):
    if request.param != "linux":
        monkeypatch.setattr(steady, "sys", types.SimpleNamespace(platform=request.param))
    root = ContentRoot(repository, "option")
    made = steady.SteadyGrader(root, Catalogue(root).load("07"), GradeOptions(start_limit=50))
    yield made
    made.close()


def test_grades_follow_each_other_and_a_cancelled_one_costs_nothing(grader, submission):
    told = SimpleQueue()
    runner = Runner(grader, told.put)
    try:
        lanes = []
        for _number in range(2):
            runner.submit(submission)
            assert told.get(timeout=60).verdict.score == 11
            lanes.append(grader._engine)
        app = submission / "app.py"
        text = app.read_text()
        app.write_text("import time\ntime.sleep(100)\n")
        runner.submit(submission)
        # Longer than intake takes; were it not, the cancellation would be repeated below.
        time.sleep(0.2)
        began = time.monotonic()
        while told.empty():
            runner.cancel()
            time.sleep(0.02)
        assert told.get() == Ended()
        assert time.monotonic() - began < 10
        app.write_text(text)
        runner.submit(submission)
        assert told.get(timeout=60).verdict.score == 11
        if isinstance(lanes[0], Lane):
            assert grader._engine is lanes[0], "a cancelled grade must not cost the warm lane"
    finally:
        runner.close()

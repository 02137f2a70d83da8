"""Grades one after the other: processes that died are replaced, faults are shown, what was cancelled brings nothing."""

from pathlib import Path

import pytest

from gradewright.session.lane import Cancelled
from gradewright.session.processes import ChildFailed
from gradewright.watch.runner import Ended, Runner

pytestmark = pytest.mark.engine


class Grader:
    """Grades with the next of `outcomes`: a verdict, or an error to raise."""

    def __init__(self, *outcomes):
        self.outcomes = list(outcomes)
        self.log = []

    def grade(self, path, *, seed=None, meanwhile=None):
        self.log.append("grade")
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome() if callable(outcome) else outcome

    def warm(self):
        self.log.append("warm")

    def cancel(self):
        self.log.append("cancel")

    def close(self):
        self.log.append("close")


def grades(grader, times):
    """Return what a runner tells for so many grades."""
    from queue import SimpleQueue

    told = SimpleQueue()
    runner = Runner(grader, told.put)
    ends = []
    for _number in range(times):
        runner.submit(Path("mine"))
        ends.append(told.get(timeout=10))
    runner.close()
    return ends


def test_processes_that_died_while_waiting_are_replaced_and_the_grade_repeated(build_verdict):
    good, fault = build_verdict("+"), build_verdict(".", state="grader_error")
    grader = Grader(good, fault, good, ChildFailed(""), good)
    assert [ended.verdict for ended in grades(grader, 3)] == [good, good, good]
    assert grader.log.count("grade") == 5


def test_a_fault_of_the_first_grade_is_shown(build_verdict):
    fault = build_verdict(".", state="grader_error")
    assert grades(Grader(fault), 1) == [Ended(fault)]


def test_a_cancelled_grade_brings_nothing_and_is_not_repeated(build_verdict):
    fault = build_verdict(".", state="grader_error")
    runner_box = []

    def cancelled_without_a_lane():
        runner_box[0].cancel()
        return fault

    from queue import SimpleQueue

    told = SimpleQueue()
    grader = Grader(build_verdict("+"), cancelled_without_a_lane, Cancelled())
    runner_box.append(Runner(grader, told.put))
    for _number in range(3):
        runner_box[0].submit(Path("mine"))
        last = told.get(timeout=10)
    runner_box[0].close()
    assert last == Ended()
    assert grader.log.count("grade") == 3

"""From outcomes to points: a pass needs a positive record of every test."""

import pytest

from gradewright.content.catalogue import parse_exercise
from gradewright.errors import ContentError
from gradewright.model import Exchange
from gradewright.scoring import not_run, score_points


@pytest.fixture
def exercise(tmp_path):
    point = {
        "title": "T",
        "evidence": "wire",
        "question": "q",
        "answer": "a",
        "follow_up": "f",
        "hints": ["1", "2", "3"],
    }
    points = [{"id": "first", "weight": 3, **point}, {"id": "second", "weight": 2, **point}]
    data = {"title": "X", "level": "basic", "minutes": 5, "points": points}
    return parse_exercise("01-x", data, tmp_path, "")


TESTS = [("t1", "first"), ("t2", "first"), ("t3", "second")]


def passed(test):
    return {"test": test, "status": "passed", "message": "", "expected": None, "got": None, "checks": 2, "exchanges": []}


def failed(test):
    return {**passed(test), "status": "failed", "message": "It should.", "expected": "1", "got": "2"}


def score(exercise, outcomes, tests=TESTS):
    return score_points(
        exercise,
        tests,
        {record["test"]: record for record in outcomes},
        compare=lambda expected, got: ((), (), f"{expected}/{got}"),
        read_exchange=Exchange.model_validate,
        why_not_run="Time was over.",
    )


def test_all_passed_is_full_marks_in_the_exercises_order(exercise):
    results = score(exercise, [passed("t3"), passed("t2"), passed("t1")])
    assert [(result.id, result.number, result.status, result.score) for result in results] == [
        ("first", 1, "won", 3),
        ("second", 2, "won", 2),
    ]
    assert results[0].checks == 4


def test_one_failed_test_loses_the_point_and_tells_its_message(exercise):
    first, second = score(exercise, [passed("t1"), failed("t2"), passed("t3")])
    assert (first.status, first.score, first.message, first.expected, first.got, first.note) == (
        "lost",
        0,
        "It should.",
        "1",
        "2",
        "1/2",
    )
    assert second.status == "won"


def test_a_test_that_never_ran_is_never_a_pass(exercise):
    first, second = score(exercise, [passed("t1"), passed("t3")])
    assert (first.status, first.score, first.message) == ("not_run", 0, "Time was over.")
    assert second.status == "won"


def test_a_failed_test_loses_the_point_even_if_others_never_ran(exercise):
    assert score(exercise, [failed("t1")])[0].status == "lost"


def test_a_point_without_tests_is_the_exercises_fault(exercise):
    with pytest.raises(ContentError, match="second"):
        score(exercise, [passed("t1")], tests=[("t1", "first")])


def test_nothing_run_earns_nothing_and_says_why(exercise):
    results = not_run(exercise, "It did not start.")
    assert [(result.status, result.score, result.message) for result in results] == [("not_run", 0, "It did not start.")] * 2

"""A grade that ends at the first check that fails: right about whether everything is earned, and about nothing else."""

from __future__ import annotations

import tomllib

import pytest

from gradewright.content.catalogue import Catalogue
from gradewright.content.root import find_root
from gradewright.session.options import GradeOptions
from gradewright.session.steady import SteadyGrader


@pytest.fixture
def root(repository):
    return find_root(str(repository))


@pytest.fixture
def quick(root):
    grader = SteadyGrader(root, Catalogue(root).load("07"), GradeOptions(seed="5eed" * 8, until_lost=True))
    yield grader
    grader.close()


def test_it_ends_at_the_first_loss_and_the_rest_was_not_run(quick, root):
    verdict = quick.grade(root.wrong("07-depends") / "direct-call")
    statuses = [point.status for point in verdict.points]
    assert verdict.state == "graded"
    assert statuses.count("lost") == 1
    assert "not_run" in statuses
    assert verdict.score < verdict.max_score
    [why] = {point.message for point in verdict.points if point.status == "not_run"}
    assert why == "The grade ended at the first check that failed, as was asked for."


def test_who_earns_everything_still_does(quick, root):
    solutions = sorted(path for path in root.solutions("07-depends").iterdir() if path.is_dir())
    for folder in (solutions[0], root.wrong("07-depends") / "direct-call", solutions[-1]):
        verdict = quick.grade(folder)
        assert (verdict.score == verdict.max_score) == (folder in solutions)
        assert verdict.state == "graded"


def test_the_points_that_come_first_are_the_caller_s_choice(quick, root):
    # It loses more than one point, whichever comes first.
    folder = next(path for path in sorted(root.wrong("07-depends").iterdir()) if len(_lost(path)) > 1)
    for point in _lost(folder):
        verdict = quick.grade(folder, first=[point])
        assert [each.id for each in verdict.points if each.status == "lost"] == [point]


def _lost(folder):
    return tomllib.loads((folder / "wrong.toml").read_text())["lost"]

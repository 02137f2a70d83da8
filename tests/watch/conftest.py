"""Verdicts and exercises as short as these tests allow."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gradewright.model import Exercise, Point, PointResult, Problem, Verdict


def make_exercise(slug: str = "01-made", count: int = 3) -> Exercise:
    """Return an exercise whose points p1, p2, … weigh 1 each."""
    points = tuple(
        Point(
            id=f"p{number}",
            title=f"Point {number}",
            weight=1,
            evidence="wire",
            question="Why?",
            answer="Because.",
            follow_up="And then?",
            hints=("one", "two", "three"),
        )
        for number in range(1, count + 1)
    )
    return Exercise(slug=slug, title="Made", level="basic", minutes=1, points=points, root="")


def make_verdict(marks: str, *, slug: str = "01-made", state: str = "") -> Verdict:
    """Return a verdict with one point a letter: + won, - lost, . not run. Without any judged it is ungradable."""
    words = {"+": "won", "-": "lost", ".": "not_run"}
    points = tuple(
        PointResult(
            id=f"p{number}",
            number=number,
            title=f"Point {number}",
            status=words[mark],
            evidence="wire",
            score=int(mark == "+"),
            max_score=1,
            message="It should." if mark == "-" else "",
            question="Why?",
        )
        for number, mark in enumerate(marks, start=1)
    )
    state = state or ("graded" if set(marks) != {"."} else "ungradable")
    problem = None if state == "graded" else Problem(kind="made", title="Made", message="made")
    return Verdict(
        exercise=slug,
        title="Made",
        level="basic",
        minutes=1,
        state=state,
        score=marks.count("+"),
        max_score=len(marks),
        seed="0" * 32,
        points=points,
        problem=problem,
        created="2026-01-01T00:00:00Z",
    )


@pytest.fixture
def build_exercise() -> Callable[..., Exercise]:
    return make_exercise


@pytest.fixture
def build_verdict() -> Callable[..., Verdict]:
    return make_verdict


@pytest.fixture
def submission(tmp_path: Path, repository: Path) -> Path:
    """A full solution of 07-depends, to be edited."""
    folder = tmp_path / "mine"
    shutil.copytree(repository / "graders/07-depends/solutions/annotated", folder)
    return folder

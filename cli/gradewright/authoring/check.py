"""Checks one exercise: the starter earns nothing, every solution everything, every wrong solution loses what it should.

A wrong solution is a mutant: it must be killed by exactly the points that claim it. `wrong.toml` beside it has `why`, `lost`
(point ids) and, where an honest run may also lose others, `may_lose` with a reason for each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradewright.authoring.files import files, folders, read_wrong, unfilled
from gradewright.content.catalogue import Catalogue
from gradewright.content.root import ContentRoot
from gradewright.errors import ContentError
from gradewright.model import Exercise, PointResult, Verdict
from gradewright.session.grade import RAISED

#: Grades one folder; given by the caller, who owns the engines.
Grade = Callable[[Exercise, Path], Verdict]


@dataclass(slots=True)
class SolutionCheck:
    """How a reference solution was graded."""

    name: str
    score: int
    max_score: int
    ok: bool


@dataclass(slots=True)
class WrongCheck:
    """How a wrong solution was graded: what it lost, and what it should lose."""

    name: str
    lost: list[str]
    expected: list[str]
    ok: bool


@dataclass(slots=True)
class ExerciseCheck:
    """All findings about one exercise; `problems` is empty when it holds."""

    exercise: str
    starter_score: int | None = None
    solutions: list[SolutionCheck] = field(default_factory=list)
    wrong: list[WrongCheck] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    slowest: float = 0.0  # seconds of the slowest grade
    repeats: int = 0

    @property
    def ok(self) -> bool:
        return not self.problems

    def to_json(self) -> dict[str, Any]:
        return {
            "exercise": self.exercise,
            "ok": self.ok,
            "starter_score": self.starter_score,
            "solutions": [{"name": s.name, "score": s.score, "max_score": s.max_score} for s in self.solutions],
            "wrong": [{"name": w.name, "lost": w.lost, "expected": w.expected, "ok": w.ok} for w in self.wrong],
            "problems": self.problems,
            "slowest": round(self.slowest, 2),
            "repeats": self.repeats,
        }


def check_exercise(root: ContentRoot, slug: str, grade: Grade) -> ExerciseCheck:
    """Grade the starter, all solutions and all wrong solutions of `slug` and return what does not hold."""
    result = ExerciseCheck(slug)
    try:
        exercise = Catalogue(root).load(slug)
    except ContentError as error:
        result.problems.append(f"{error}{f'  try  {error.hint}' if error.hint else ''}")
        return result
    result.problems += files(root, exercise)
    left = list(unfilled(root, slug))
    result.problems += left
    # With a place left to fill in, or without a suite, every grade would only say so once more.
    if left or not root.suite(slug).is_dir() or not root.starter(slug).is_dir():
        return result
    if not _check_starter(root, exercise, grade, result):
        return result
    _check_solutions(root, exercise, grade, result)
    _check_wrong(root, exercise, grade, result)
    return result


def _check_starter(root: ContentRoot, exercise: Exercise, grade: Grade, result: ExerciseCheck) -> bool:
    """Grade the starter; return whether the others need grading, too: a suite that cannot run judges none of them."""
    verdict = grade(exercise, root.starter(exercise.slug))
    if verdict.state == "grader_error":
        result.problems.append(f"the suite cannot be run: {_why(verdict)}")
        return False
    result.starter_score = verdict.score
    if verdict.state != "graded":
        result.problems.append(f"the starter must run, but it is {verdict.state}: {_why(verdict)}")
    elif verdict.score != 0:
        won = ", ".join(point.id for point in verdict.points if point.status == "won")
        result.problems.append(f"the starter earns {verdict.score} points ({won}); it must earn 0")
    return True


def _check_solutions(root: ContentRoot, exercise: Exercise, grade: Grade, result: ExerciseCheck) -> None:
    found = folders(root.solutions(exercise.slug))
    if len(found) < 2:
        result.problems.append(f"there must be two solutions in different styles; there are {len(found)}")
    for folder in found:
        verdict = grade(exercise, folder)
        full = verdict.state == "graded" and verdict.score == verdict.max_score
        result.solutions.append(SolutionCheck(folder.name, verdict.score, verdict.max_score, full))
        if not full:
            problem = f"solution {folder.name} is {verdict.state} with {verdict.score} of {verdict.max_score}"
            result.problems.append(f"{problem}: {_why(verdict)}" if verdict.problem else problem)
            result.problems += [_lost(point) for point in verdict.points if point.status == "lost"]
            result.problems += [f"  {note}" for note in verdict.notes if note.startswith(RAISED)]


def _lost(point: PointResult) -> str:
    """Return why a point was lost, as an author needs it: the sentence, and both sides."""
    sides = f" Expected {point.expected}, got {point.got.rstrip('.')}." if point.expected and point.got else ""
    return f"  {point.id}: {point.message}{sides}"[:600]


def _check_wrong(root: ContentRoot, exercise: Exercise, grade: Grade, result: ExerciseCheck) -> None:
    ids = [point.id for point in exercise.points]
    found = folders(root.wrong(exercise.slug))
    if not found:
        result.problems.append("there are no wrong solutions, so nothing shows that the suite can fail")
    claimed: set[str] = set()
    for folder in found:
        try:
            expected, may_lose = read_wrong(folder, ids)
        except ContentError as error:
            result.problems.append(f"{error}{f'  try  {error.hint}' if error.hint else ''}")
            continue
        verdict = grade(exercise, folder)
        lost = [point.id for point in verdict.points if point.status != "won"]
        ok = verdict.state == "graded" and set(expected) <= set(lost) <= {*expected, *may_lose}
        claimed.update(expected)
        result.wrong.append(WrongCheck(folder.name, lost, expected, ok))
        if not ok:
            said = f"loses {', '.join(lost) or 'nothing'} and should lose {', '.join(expected)}"
            result.problems.append(f"wrong/{folder.name} is {verdict.state}, {said}. {_why(verdict)}".strip())
            result.problems += [_lost(point) for point in verdict.points if point.status == "lost" and point.id not in expected]
    unproved = [name for name in ids if name not in claimed]
    if found and unproved:
        result.problems.append(f"no wrong solution loses {', '.join(unproved)}: nothing shows that these tests can fail")


def _why(verdict: Verdict) -> str:
    return verdict.problem.message if verdict.problem else ""

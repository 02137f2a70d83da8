"""Checks one exercise: the starter earns nothing, every solution everything, every wrong solution loses what it should.

A wrong solution is a mutant: it must be killed by exactly the points that claim it. `wrong.toml` beside it has `why`, `lost`
(point ids) and, where an honest run may also lose others, `may_lose` with a reason for each.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradewright.content.catalogue import Catalogue
from gradewright.content.root import ContentRoot
from gradewright.errors import ContentError
from gradewright.model import Exercise, Verdict

#: Grades one folder; given by the caller, who owns the engines.
Grade = Callable[[Exercise, Path], Verdict]

ALLOWED_EXERCISE_FILES = {"exercise.toml", "README.md"}
ALLOWED_GRADER_PARTS = {"suite", "worker", "solutions", "wrong", "waivers.toml"}
STRAY = ("__pycache__", ".DS_Store", ".grade", ".pytest_cache")


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
        result.problems.append(str(error))
        return result
    result.problems += _files(root, exercise)
    if not root.suite(slug).is_dir() or not root.starter(slug).is_dir():
        return result
    _check_starter(root, exercise, grade, result)
    _check_solutions(root, exercise, grade, result)
    _check_wrong(root, exercise, grade, result)
    return result


def _files(root: ContentRoot, exercise: Exercise) -> Iterator[str]:
    """Yield what is missing or does not belong."""
    slug = exercise.slug
    folder = root.exercise(slug)
    for name in ALLOWED_EXERCISE_FILES:
        if not (folder / name).is_file():
            yield f"exercises/{slug}/{name} is missing"
    for path in folder.iterdir():
        if path.name not in ALLOWED_EXERCISE_FILES:
            yield f"exercises/{slug}/{path.name} does not belong there"
    if not (root.starter(slug)).is_dir():
        yield f"starter/{slug} is missing"
    if (root.starter(slug) / "README.md").exists():
        yield f"starter/{slug}/README.md would be overwritten by the brief"
    if not root.suite(slug).is_dir():
        yield f"graders/{slug}/suite is missing"
        return
    yield from _strays(root, slug)


def _strays(root: ContentRoot, slug: str) -> Iterator[str]:
    for path in root.suite(slug).parent.iterdir():
        if path.name not in ALLOWED_GRADER_PARTS and path.name not in STRAY:
            yield f"graders/{slug}/{path.name} does not belong there"
    expected = f"test_{slug.replace('-', '_')}.py"
    if not (root.suite(slug) / expected).is_file():
        yield f"graders/{slug}/suite/{expected} is missing"
    for tree in (root.exercise(slug), root.starter(slug), root.suite(slug).parent):
        for path in tree.rglob("*"):
            if path.is_symlink():
                yield f"{path.relative_to(root.path)} is a link"
            elif path.name in STRAY:
                yield f"{path.relative_to(root.path)} is a leftover"


def _check_starter(root: ContentRoot, exercise: Exercise, grade: Grade, result: ExerciseCheck) -> None:
    verdict = grade(exercise, root.starter(exercise.slug))
    result.starter_score = verdict.score
    if verdict.state != "graded":
        result.problems.append(f"the starter must run, but it is {verdict.state}: {_why(verdict)}")
    elif verdict.score != 0:
        won = ", ".join(point.id for point in verdict.points if point.status == "won")
        result.problems.append(f"the starter earns {verdict.score} points ({won}); it must earn 0")


def _check_solutions(root: ContentRoot, exercise: Exercise, grade: Grade, result: ExerciseCheck) -> None:
    folders = _folders(root.solutions(exercise.slug))
    if len(folders) < 2:
        result.problems.append(f"there must be two solutions in different styles; there are {len(folders)}")
    for folder in folders:
        verdict = grade(exercise, folder)
        full = verdict.state == "graded" and verdict.score == verdict.max_score
        result.solutions.append(SolutionCheck(folder.name, verdict.score, verdict.max_score, full))
        if not full:
            lost = "; ".join(f"{point.id}: {point.message}" for point in verdict.points if point.status != "won")
            result.problems.append(f"solution {folder.name} is {verdict.state} with {verdict.score}: {lost or _why(verdict)}")


def _check_wrong(root: ContentRoot, exercise: Exercise, grade: Grade, result: ExerciseCheck) -> None:
    ids = [point.id for point in exercise.points]
    folders = _folders(root.wrong(exercise.slug))
    if not folders:
        result.problems.append("there are no wrong solutions, so nothing shows that the suite can fail")
    claimed: set[str] = set()
    for folder in folders:
        try:
            data = tomllib.loads((folder / "wrong.toml").read_text(encoding="utf-8"))
            expected, may_lose = list(data["lost"]), dict(data.get("may_lose", {}))
        except (OSError, ValueError, KeyError) as error:
            result.problems.append(f"wrong/{folder.name}/wrong.toml: {type(error).__name__}: {error}")
            continue
        known = set(ids).issuperset((*expected, *may_lose))
        if not (known and expected and data.get("why") and all(may_lose.values())):
            result.problems.append(
                f"wrong/{folder.name}/wrong.toml: needs why, lost, known points and a reason for each may_lose"
            )
        verdict = grade(exercise, folder)
        lost = [point.id for point in verdict.points if point.status != "won"]
        ok = verdict.state == "graded" and set(expected) <= set(lost) <= {*expected, *may_lose}
        claimed.update(expected)
        result.wrong.append(WrongCheck(folder.name, lost, expected, ok))
        if not ok:
            result.problems.append(
                f"wrong/{folder.name} is {verdict.state}, loses {lost}, should lose {expected}. {_why(verdict)}".strip()
            )
            surprises = [point for point in verdict.points if point.status == "lost" and point.id not in expected]
            result.problems += [f"  {point.id}: {point.message} Got {point.got!r:.200}" for point in surprises]
    unproved = [name for name in ids if name not in claimed]
    if folders and unproved:
        result.problems.append(f"no wrong solution loses {', '.join(unproved)}: nothing shows that these tests can fail")


def _folders(path: Path) -> list[Path]:
    return sorted(found for found in path.iterdir() if found.is_dir() and found.name not in STRAY) if path.is_dir() else []


def _why(verdict: Verdict) -> str:
    return verdict.problem.message if verdict.problem else ""

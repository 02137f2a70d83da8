"""Reads the folder that `grade batch` wrote into what a cohort's report needs, and no more: verdicts are large."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from gradewright.errors import BadInput
from gradewright.model import State, Verdict

#: A verdict with all of its exchanges is far smaller; whatever is larger was not written by a grade.
MAX_RESULT = 64 << 20


@dataclass(frozen=True, slots=True)
class PointHead:
    """A point as all verdicts of the cohort name it."""

    id: str
    number: int
    title: str
    weight: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """One submission: `scores` and `messages` follow the points; a score is None where the point was not judged."""

    name: str
    state: State
    score: int
    scores: tuple[int | None, ...]
    messages: tuple[str, ...]
    problem: str
    seconds: float
    seed: str
    profile: str
    held: tuple[int, int]
    suite: str
    submission: str
    versions: tuple[tuple[str, str], ...]
    created: str
    report: Path | None


@dataclass(frozen=True, slots=True)
class Cohort:
    """All results of one exercise, by name; `left_out` says in sentences what could not be read."""

    exercise: str
    title: str
    level: str
    minutes: int
    points: tuple[PointHead, ...]
    candidates: tuple[Candidate, ...]
    left_out: tuple[str, ...]

    @property
    def max_score(self) -> int:
        return sum(point.weight for point in self.points)

    @property
    def graded(self) -> tuple[Candidate, ...]:
        """Those who have a score. Everything that is computed is computed from these."""
        return tuple(candidate for candidate in self.candidates if candidate.state == "graded")


def read(out: Path) -> Cohort:
    """Return the cohort in `out`. Raises BadInput where there is none, or where it is not one exercise in one version."""
    if not out.is_dir():
        raise BadInput(f"{out} is not a folder.", hint="name the folder that grade batch wrote with -o")
    found: list[tuple[Candidate, Verdict]] = []
    left_out = []
    for folder in sorted(out.iterdir(), key=lambda path: path.name.casefold()):
        if not (folder / "result.json").is_file():
            continue
        if not (folder / "key.json").is_file():
            left_out.append(f"{folder.name} has no key.json: its grade was cut off, so grade batch --resume does it again")
            continue
        try:
            verdict = read_verdict(folder / "result.json")
        except BadInput as error:
            left_out.append(str(error))
            continue
        # The evidence makes up most of a verdict and is not needed here; five hundred of them would be.
        head = verdict.model_copy(update={"points": tuple(p.model_copy(update={"exchanges": ()}) for p in verdict.points)})
        found.append((_candidate(folder, verdict), head))
    if not found:
        raise BadInput(f"{out} has no results in it.", hint="grade batch SUBMISSIONS -e 07-depends -o out/ writes them")
    first = found[0][1]
    points = _points(first)
    for candidate, verdict in found:
        if verdict.exercise != first.exercise:
            raise BadInput(
                f"{out} holds results of {first.exercise} and of {verdict.exercise}.", hint="one folder an exercise: -o out/NN"
            )
        if [(p.id, p.weight) for p in _points(verdict)] != [(p.id, p.weight) for p in points]:
            raise BadInput(
                f"{candidate.name} was graded on other points than {found[0][0].name}.",
                hint="the exercise has changed: grade batch --resume grades again what is out of date",
            )
    candidates = tuple(candidate for candidate, _verdict in found)
    return Cohort(first.exercise, first.title, first.level, first.minutes, points, candidates, tuple(left_out))


def read_verdict(path: Path) -> Verdict:
    """Return the verdict in a result.json; fields that a later version added are passed over. Raises BadInput."""
    try:
        if path.stat().st_size > MAX_RESULT:
            raise BadInput(f"{path} is too large for a verdict.", hint="it should be the result.json of one grade")
        return Verdict.model_validate_json(path.read_bytes(), extra="ignore")
    except OSError as error:
        raise BadInput(f"{path} could not be read: {error.strerror}.") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadInput(
            f"{path} is not a verdict: {f'{place}: ' if place else ''}{first['msg']}.",
            hint="a result.json of grade batch, or what grade NN --json printed",
        ) from None


def _points(verdict: Verdict) -> tuple[PointHead, ...]:
    return tuple(PointHead(point.id, point.number, point.title, point.max_score) for point in verdict.points)


def _candidate(folder: Path, verdict: Verdict) -> Candidate:
    report = folder / "report.html"
    problem = verdict.problem
    return Candidate(
        name=folder.name,
        state=verdict.state,
        score=verdict.score,
        scores=tuple(None if point.status == "not_run" else point.score for point in verdict.points),
        messages=tuple(point.message if point.status == "lost" else "" for point in verdict.points),
        problem=problem.title if problem else "",
        seconds=verdict.seconds.get("total", 0.0),
        seed=verdict.seed,
        profile=verdict.profile,
        held=(sum(layer.held for layer in verdict.isolation), len(verdict.isolation)),
        suite=verdict.hashes.suite,
        submission=verdict.hashes.submission,
        versions=tuple(verdict.versions.items()),
        created=verdict.created,
        report=report if report.is_file() else None,
    )

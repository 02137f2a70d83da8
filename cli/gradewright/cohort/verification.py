"""Whether a verdict can be reached again from the same submission, seed, profile, engine, limits and app, and what differs."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gradewright.errors import BadInput
from gradewright.model import PointResult, Verdict
from gradewright.session.options import GradeOptions, check_seed

#: A longer limit in a result.json was not set by a person who waits for a grade.
LONGEST = 3600.0


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as recorded. `decides`: the verdicts then disagree; otherwise it only may explain why they do."""

    what: str
    recorded: str
    now: str
    decides: bool = True


def options(recorded: Verdict, profile: str | None = None) -> GradeOptions:
    """Return the options that the recorded grade ran with. Raises BadInput for a record that no grade wrote."""
    defaults = GradeOptions()
    limits = {"start": defaults.start_limit, "request": defaults.request_limit, "total": defaults.total_limit}
    for name, seconds in recorded.limits.items():
        if not (math.isfinite(seconds) and 0 < seconds <= LONGEST):
            raise BadInput(f"The record's limit {name} is {seconds:g} s.", hint="a limit is between 0 and 3600 seconds")
        limits[name] = seconds
    wanted = profile or recorded.profile
    if wanted not in ("kata", "screen") or recorded.engine not in ("zygote", "spawn"):
        raise BadInput(f"This program has no profile {wanted!r} with the engine {recorded.engine!r}.", hint="--profile screen")
    return GradeOptions(
        seed=check_seed(recorded.seed),
        app=recorded.asked_app or None,
        profile=wanted,  # type: ignore[arg-type]
        engine=recorded.engine,
        start_limit=limits["start"],
        request_limit=limits["request"],
        total_limit=limits["total"],
    )


def compare(recorded: Verdict, now: Verdict) -> tuple[Difference, ...]:
    """Return what differs: what decides first, then what may be the reason."""
    found = [Difference("state", recorded.state, now.state)] if recorded.state != now.state else []
    found += _points(recorded, now)
    if (recorded.score, recorded.max_score) != (now.score, now.max_score):
        found.append(Difference("score", f"{recorded.score} of {recorded.max_score}", f"{now.score} of {now.max_score}"))
    for what, before, after in (
        ("submission", recorded.hashes.submission, now.hashes.submission),
        ("suite", recorded.hashes.suite, now.hashes.suite),
    ):
        if before != after:
            found.append(Difference(what, before or "none", after or "none"))
    for what in sorted({*recorded.versions, *now.versions}):
        old, new = recorded.versions.get(what, "none"), now.versions.get(what, "none")
        if old != new:
            found.append(Difference(f"version of {what}", old, new, decides=False))
    for what, was, is_now in (
        ("profile", recorded.profile, now.profile),
        ("layers that held", ", ".join(recorded.layers) or "none", ", ".join(now.layers) or "none"),
    ):
        if was != is_now:
            found.append(Difference(what, was, is_now, decides=False))
    return tuple(found)


def _points(recorded: Verdict, now: Verdict) -> list[Difference]:
    after = {point.id: point for point in now.points}
    before = {point.id: point for point in recorded.points}
    found = []
    for name in dict.fromkeys([*before, *after]):
        old, new = _shown(before.get(name)), _shown(after.get(name))
        if old != new:
            number = (before.get(name) or after[name]).number
            found.append(Difference(f"P{number} {name}", old, new))
    return found


def _shown(point: PointResult | None) -> str:
    return f"{point.status.replace('_', ' ')}, {point.score} of {point.max_score}" if point else "not in the exercise"

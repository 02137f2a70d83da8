"""What changed from one verdict to the next, in words."""

from __future__ import annotations

from collections.abc import Iterable

from gradewright.model import Verdict


def describe(before: Verdict | None, after: Verdict) -> list[str]:
    """Return a line for each thing that changed since `before`, the last verdict in which points were judged.

    Empty for the first verdict and when nothing was judged now; a second verdict that is the same says so.
    """
    if before is None or before.exercise != after.exercise or not judged(after):
        return []
    was = {point.id: point.status for point in before.points}
    lines = []
    for verb_one, verb_many, status in (
        ("now passes", "now pass", "won"),
        ("does not pass any more", "do not pass any more", "lost"),
        ("was not judged this time", "were not judged this time", "not_run"),
    ):
        # A point that was not judged before and is lost now was never passing, as far as is known.
        fresh = {"lost": ("won",), "won": ("lost", "not_run"), "not_run": ("won", "lost")}[status]
        numbers = [point.number for point in after.points if point.status == status and was.get(point.id) in fresh]
        if numbers:
            lines.append(f"{_listed(numbers)} {verb_one if len(numbers) == 1 else verb_many}")
    return lines or ["No point changed"]


def judged(verdict: Verdict) -> bool:
    """Return whether any point of a verdict was won or lost."""
    return any(point.status != "not_run" for point in verdict.points)


def _listed(numbers: Iterable[int]) -> str:
    words = [f"P{number}" for number in numbers]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

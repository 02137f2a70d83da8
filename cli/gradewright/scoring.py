"""Exercise plus recorded outcomes → the results of all points. Pure: no clock, no files, no processes.

A point is won when every one of its tests passed. A point with a failed test is lost. A point none of whose tests failed but
some never ran is not run: nothing was judged, and it earns nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gradewright.errors import ContentError
from gradewright.model import Exchange, Exercise, Mark, Point, PointResult

#: Turns (expected, got) into marks for both and a sentence; see reports.diff.compare.
Compare = Callable[[str, str], tuple[tuple[Mark, ...], tuple[Mark, ...], str]]
#: Turns one recorded exchange into the model's record.
ReadExchange = Callable[[Mapping[str, Any]], Exchange]


def score_points(
    exercise: Exercise,
    tests: Sequence[tuple[str, str]],
    outcomes: Mapping[str, Mapping[str, Any]],
    *,
    compare: Compare,
    read_exchange: ReadExchange,
    why_not_run: str = "",
) -> tuple[PointResult, ...]:
    """Return one result per point, in the exercise's order.

    `tests` are (test id, point id) as collected, in the suite's order; `outcomes` maps a test id to its record. Raises
    ContentError when a point has no test: an empty suite must never be a pass.
    """
    by_point: dict[str, list[str]] = {point.id: [] for point in exercise.points}
    for test, point_id in tests:
        by_point[point_id].append(test)
    untested = [point_id for point_id, found in by_point.items() if not found]
    if untested:
        raise ContentError(f"{exercise.slug}: no test proves {', '.join(untested)}")
    return tuple(
        _score(
            point,
            number,
            [outcomes.get(test) for test in by_point[point.id]],
            compare=compare,
            read=read_exchange,
            why=why_not_run,
        )
        for number, point in enumerate(exercise.points, start=1)
    )


def not_run(exercise: Exercise, why: str) -> tuple[PointResult, ...]:
    """Return all points as not run, for a submission that never got as far."""
    return tuple(_result(point, number, "not_run", message=why) for number, point in enumerate(exercise.points, start=1))


def _score(
    point: Point,
    number: int,
    records: Sequence[Mapping[str, Any] | None],
    *,
    compare: Compare,
    read: ReadExchange,
    why: str,
) -> PointResult:
    ran = [record for record in records if record is not None]
    failed = [record for record in ran if record["status"] != "passed"]
    exchanges = tuple(read(exchange) for record in ran for exchange in record["exchanges"])
    checks = sum(int(record["checks"]) for record in ran)
    common: dict[str, Any] = {"exchanges": exchanges, "checks": checks, "checks_lost": len(failed)}
    if failed:
        first = failed[0]
        expected, got = first["expected"], first["got"]
        marks: dict[str, Any] = {}
        if expected is not None and got is not None:
            expected_marks, got_marks, note = compare(expected, got)
            marks = {"expected_marks": expected_marks, "got_marks": got_marks, "note": note}
        return _result(point, number, "lost", message=first["message"], expected=expected, got=got, **marks, **common)
    if len(ran) < len(records):
        return _result(point, number, "not_run", message=why, **common)
    return _result(point, number, "won", **common)


def _result(point: Point, number: int, status: str, **more: Any) -> PointResult:
    return PointResult.model_validate(
        {
            "id": point.id,
            "number": number,
            "title": point.title,
            "status": status,
            "evidence": point.evidence,
            "paired": point.paired,
            "cooperative": point.cooperative,
            "score": point.weight if status == "won" else 0,
            "max_score": point.weight,
            "question": point.question,
            **more,
        }
    )

"""Attempts at exercises: what was reached, how often it was tried, and how long it took."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from gradewright.history.database import History
from gradewright.model import Exercise, Verdict

if TYPE_CHECKING:
    import sqlite3

#: A longer time between two grades was a break, and does not count as time at the exercise.
BREAK_SECONDS = 30 * 60


@dataclass(frozen=True, slots=True)
class Progress:
    """What was done about one exercise in one folder.

    `best` and `last` are scores, None where no grade gave one. `max` is what could be had in the last grade. Times are in UTC:
    `at` of the last grade; `started` when the starter was put in place or the first grade ended; `finished` when all points
    were first won, or "". `seconds` is the time from the start to the last grade without breaks of more than half an hour.
    """

    attempts: int
    best: int | None
    last: int | None
    last_state: str
    max: int
    at: str
    started: str
    finished: str
    seconds: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Attempt:
    at: str
    state: str
    score: int
    max_score: int


def now() -> str:
    """Return the time in UTC, to the second."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def record(history: History, verdict: Verdict) -> None:
    """Keep an attempt and the points won with it. A grade that failed by the grader's fault is nobody's attempt."""
    if verdict.state == "grader_error":
        return
    row = (
        *(verdict.exercise, verdict.created or now(), verdict.state, verdict.score, verdict.max_score),
        *(verdict.seconds.get("total", 0.0), verdict.seed, verdict.hashes.submission),
    )
    won = [(verdict.exercise, point.id, row[1]) for point in verdict.points if point.status == "won"]

    names = "exercise, at, state, score, max_score, seconds, seed, submission"

    def work(connection: sqlite3.Connection) -> None:
        connection.execute(f"INSERT INTO attempts ({names}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608 - ours
        connection.executemany("INSERT INTO won VALUES (?, ?, ?) ON CONFLICT DO NOTHING", won)

    history.write(work)


def record_start(history: History, slug: str) -> None:
    """Keep when an exercise was started, so that its time does not begin with the first grade. Once is enough."""
    at = now()
    history.write(lambda it: _done(it.execute("INSERT INTO starts VALUES (?, ?) ON CONFLICT DO NOTHING", (slug, at))))


def read_all(history: History) -> dict[str, Progress]:
    """Return slug → progress of every exercise that was graded here."""

    def work(connection: sqlite3.Connection) -> dict[str, Progress]:
        starts = dict(connection.execute("SELECT exercise, at FROM starts"))
        found: dict[str, list[_Attempt]] = {}
        for slug, *rest in connection.execute("SELECT exercise, at, state, score, max_score FROM attempts ORDER BY id"):
            found.setdefault(slug, []).append(_Attempt(*rest))
        return {slug: _summary(starts.get(slug, ""), attempts) for slug, attempts in found.items()}

    return history.read(work, {})


def read_started(history: History) -> list[str]:
    """Return the exercises that were started or graded here, the one touched last at the end."""
    rows = "SELECT exercise, at FROM attempts UNION ALL SELECT exercise, at FROM starts"
    query = f"SELECT exercise FROM ({rows}) GROUP BY exercise ORDER BY max(at)"  # noqa: S608 - both parts are ours
    return history.read(lambda it: [slug for (slug,) in it.execute(query)], [])


def read_won(history: History) -> set[tuple[str, str]]:
    """Return (slug, point id) of every point that was won here at least once."""
    return history.read(lambda it: set(it.execute("SELECT exercise, point FROM won")), set())


def is_finished(progress: Progress | None, exercise: Exercise) -> bool:
    """Return whether the exercise once had all the points that it has now."""
    return progress is not None and progress.best is not None and progress.best >= exercise.max_score


def following(exercises: list[Exercise], progress: dict[str, Progress], after: str) -> Exercise | None:
    """Return the next exercise after the one named that has not all points yet, around the end to the start, or None.

    With no exercise named, the first one. The named one itself comes last.
    """
    slugs = [exercise.slug for exercise in exercises]
    place = slugs.index(after) + 1 if after in slugs else 0
    for exercise in exercises[place:] + exercises[:place]:
        if not is_finished(progress.get(exercise.slug), exercise):
            return exercise
    return None


def hints_used(history: History, slug: str) -> dict[str, int]:
    """Return point id → the highest hint opened."""
    query = "SELECT point, level FROM hints WHERE exercise = ?"
    return history.read(lambda it: dict(it.execute(query, (slug,))), {})


def open_hint(history: History, slug: str, point_id: str, level: int) -> None:
    """Remember that hints up to `level` were opened."""
    query = "INSERT INTO hints VALUES (?, ?, ?) ON CONFLICT (exercise, point) DO UPDATE SET level = max(level, excluded.level)"
    history.write(lambda it: _done(it.execute(query, (slug, point_id, level))))


def _done(_cursor: sqlite3.Cursor) -> None:
    """Take a cursor and give nothing back: what was written is in the transaction."""


def _summary(start: str, attempts: list[_Attempt]) -> Progress:
    scored = [attempt for attempt in attempts if attempt.state == "graded"]
    last = attempts[-1]
    full = [attempt.at for attempt in scored if attempt.score == attempt.max_score]
    begun = start if start and start < attempts[0].at else attempts[0].at
    return Progress(
        attempts=len(attempts),
        best=max((attempt.score for attempt in scored), default=None),
        last=last.score if last.state == "graded" else None,
        last_state=last.state,
        max=last.max_score,
        at=last.at,
        started=begun,
        finished=full[0] if full else "",
        seconds=_time_at_it([begun, *(attempt.at for attempt in attempts)]),
    )


def _time_at_it(moments: Iterable[str]) -> int:
    times = []
    for moment in moments:
        try:
            times.append(dt.datetime.fromisoformat(moment))
        except ValueError:
            continue
    gaps = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(times)]
    return int(sum(gap for gap in gaps if 0 < gap <= BREAK_SECONDS))

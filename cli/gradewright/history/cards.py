"""Points as cards to be answered aloud: which to ask now, and when to ask again.

The plan is FSRS's (the `fsrs` library), with one step of ten minutes for what was not known; from then on it counts in days.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradewright.history.database import History
from gradewright.history.progress import read_won
from gradewright.model import Exercise, Point

if TYPE_CHECKING:
    import sqlite3

    import fsrs

#: FSRS's four ratings, as a person thinks of an answer.
RATINGS = {1: "again", 2: "hard", 3: "good", 4: "easy"}
STEP = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A card: its point, whether code of this folder once won it, and when it is due; None when it was never asked."""

    exercise: Exercise
    point: Point
    won: bool
    due: dt.datetime | None

    @property
    def number(self) -> int:
        return self.exercise.number_of(self.point.id)


def cards(history: History, exercises: list[Exercise]) -> list[Spoken]:
    """Return a card for each point, in the order in which they are best asked.

    What was asked before and is due longest comes first. Then what was never asked: points whose code was passed before others,
    since there is something to talk about. What is not due yet comes last.
    """
    won, due = read_won(history), _read_due(history)
    found = []
    for exercise in exercises:
        for point in exercise.points:
            key = (exercise.slug, point.id)
            found.append(Spoken(exercise, point, key in won, due.get(key)))
    now = _now()

    def order(card: Spoken) -> tuple[int, float]:
        if card.due is None:
            return (1 if card.won else 2), 0.0
        return (0 if card.due <= now else 3), card.due.timestamp()

    return sorted(found, key=order)


def is_due(card: Spoken) -> bool:
    """Return whether a card should be asked now: it never was, or its time has come."""
    return card.due is None or card.due <= _now()


def rate(history: History, card: Spoken, rating: int) -> dt.datetime:
    """Remember how well an answer went (1 to 4, see RATINGS) and return when the card is due again."""
    import fsrs

    key = (card.exercise.slug, card.point.id)
    now = _now()
    scheduler = fsrs.Scheduler(learning_steps=(STEP,), relearning_steps=(STEP,), enable_fuzzing=False)
    planned, _log = scheduler.review_card(_read_card(history, key), fsrs.Rating(rating), now)
    due = planned.due.astimezone(dt.UTC)

    def work(connection: sqlite3.Connection) -> None:
        connection.execute(
            "INSERT OR REPLACE INTO cards VALUES (?, ?, ?, ?)", (*key, _text(due), json.dumps(planned.to_dict()))
        )
        connection.execute("INSERT INTO answers VALUES (?, ?, ?, ?)", (*key, _text(now), rating))

    history.write(work)
    return due


def count_due(history: History) -> int:
    """Return how many cards that were asked before should be asked again now."""
    query = "SELECT count(*) FROM cards WHERE due <= ?"
    return history.read(lambda it: int(it.execute(query, (_text(_now()),)).fetchone()[0]), 0)


def _read_due(history: History) -> dict[tuple[str, str], dt.datetime]:
    rows: list[tuple[str, str, str]] = history.read(lambda it: list(it.execute("SELECT exercise, point, due FROM cards")), [])
    found = {}
    for exercise, point, due in rows:
        try:
            found[exercise, point] = dt.datetime.fromisoformat(due)
        except ValueError:
            continue
    return found


def _read_card(history: History, key: tuple[str, str]) -> fsrs.Card:
    """Return what FSRS knows about a card; a record that it cannot read makes a new one."""
    import fsrs

    query = "SELECT card FROM cards WHERE exercise = ? AND point = ?"
    row = history.read(lambda it: it.execute(query, key).fetchone(), None)
    if row is not None:
        try:
            return fsrs.Card.from_dict(json.loads(row[0]))
        except (ValueError, KeyError, TypeError):
            pass
    return fsrs.Card()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _text(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S+00:00")

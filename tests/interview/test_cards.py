"""Which card is asked, and when again."""

import datetime as dt
import json
import sqlite3

import pytest
from tests.history.test_progress import verdict

from gradewright.content.catalogue import Catalogue
from gradewright.content.root import find_root
from gradewright.history import History, cards, progress


@pytest.fixture
def history(tmp_path):
    return History(tmp_path / ".grade", pytest.fail)


@pytest.fixture
def exercises(repository):
    catalogue = Catalogue(find_root(str(repository)))
    return [catalogue.load("07"), catalogue.load("08")]


def win(history, exercise, *places):
    """Have the points at these places won."""
    wanted = [exercise.points[place] for place in places]
    base = verdict(score=1, exercise=exercise.slug).points[0]
    points = tuple(base.model_copy(update={"id": point.id}) for point in wanted)
    progress.record(history, verdict(score=1, exercise=exercise.slug).model_copy(update={"points": points}))


def names(found):
    return [(card.exercise.slug, card.number) for card in found]


def test_points_that_code_has_won_come_before_others(history, exercises):
    win(history, exercises[1], 1, 2)
    found = cards.cards(history, exercises)
    assert names(found[:3]) == [("08-class-depends", 2), ("08-class-depends", 3), ("07-depends", 1)]
    assert [card.won for card in found[:3]] == [True, True, False]
    assert len(found) == sum(len(exercise.points) for exercise in exercises)


def test_what_is_due_comes_first_and_what_is_not_last(history, exercises):
    win(history, exercises[0], 0)
    first, second = cards.cards(history, exercises)[5:7]
    cards.rate(history, first, 1)
    cards.rate(history, second, 4)
    with sqlite3.connect(history.path) as connection:
        connection.execute("UPDATE cards SET due = '2026-01-01T00:00:00+00:00' WHERE point = ?", (first.point.id,))
    found = cards.cards(history, exercises)
    assert names(found)[0] == (first.exercise.slug, first.number)
    assert names(found)[1] == ("07-depends", 1)
    assert names(found)[-1] == (second.exercise.slug, second.number)
    assert cards.is_due(found[0])
    assert not cards.is_due(found[-1])
    assert cards.count_due(history) == 1


def test_a_better_rating_means_a_longer_wait(history, exercises):
    now = dt.datetime.now(dt.UTC)
    waits = [
        cards.rate(history, card, rating) - now for rating, card in enumerate(cards.cards(history, exercises)[:4], start=1)
    ]
    assert waits == sorted(waits)
    assert waits[0] <= dt.timedelta(minutes=11), "what was not known comes back in the same sitting"
    assert waits[2] >= dt.timedelta(days=1)
    assert waits[3] > waits[2]


def test_waits_grow_when_it_keeps_going_well(history, exercises, monkeypatch):
    card = cards.cards(history, exercises)[0]
    now, waits = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), []
    for _time in range(4):
        monkeypatch.setattr(cards, "_now", lambda at=now: at)
        due = cards.rate(history, card, 3)
        waits.append(due - now)
        now = due
    assert waits == sorted(set(waits))


def test_the_plan_is_that_of_fsrs(history, exercises):
    import fsrs

    card = cards.cards(history, exercises)[0]
    cards.rate(history, card, 3)
    with sqlite3.connect(history.path) as connection:
        ((kept,),) = connection.execute("SELECT card FROM cards")
        assert list(connection.execute("SELECT rating FROM answers")) == [(3,)]
    read = fsrs.Card.from_dict(json.loads(kept))
    assert read.stability == pytest.approx(fsrs.Scheduler().parameters[2])


def test_a_record_that_cannot_be_read_makes_a_new_card(history, exercises):
    card = cards.cards(history, exercises)[0]
    cards.rate(history, card, 3)
    with sqlite3.connect(history.path) as connection:
        connection.execute("UPDATE cards SET card = '{', due = 'some day'")
    assert cards.cards(history, exercises)[0].due is None
    assert cards.rate(history, card, 3) > dt.datetime.now(dt.UTC)

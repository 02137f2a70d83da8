"""Attempts, best and last score, and time, as `grade`, `grade list` and `grade next` show them."""

import json
import sqlite3

import pytest

from gradewright.history import History, progress
from gradewright.model import Hashes, PointResult, Verdict


def verdict(*, score=0, state="graded", at="2026-01-01T10:00:00Z", exercise="07-depends", of=3):
    status = "won" if score else "lost"
    point = PointResult(id="p", number=1, title="t", status=status, evidence="wire", score=score, max_score=of, question="q")
    return Verdict(
        exercise=exercise, title="t", level="basic", minutes=25, state=state, score=score, max_score=of, seed="0" * 32,
        points=(point,), created=at, hashes=Hashes(), seconds={"total": 0.5},
    )  # fmt: skip


@pytest.fixture
def history(tmp_path):
    said = []
    kept = History(tmp_path / ".grade", said.append)
    yield kept
    assert said == []


def test_nothing_is_made_by_reading(history):
    assert progress.read_all(history) == {}
    assert progress.hints_used(history, "07-depends") == {}
    assert not history.path.parent.exists()


def test_best_last_and_attempts(history):
    for score, state in ((0, "ungradable"), (1, "graded"), (3, "graded"), (2, "graded")):
        progress.record(history, verdict(score=score, state=state))
    found = progress.read_all(history)["07-depends"]
    assert (found.attempts, found.best, found.last, found.max, found.last_state) == (4, 3, 2, 3, "graded")


def test_a_fault_of_the_grader_is_nobodys_attempt(history):
    progress.record(history, verdict(state="grader_error"))
    assert progress.read_all(history) == {}


def test_without_a_score_there_is_no_best_one(history):
    progress.record(history, verdict(state="ungradable"))
    found = progress.read_all(history)["07-depends"]
    assert (found.best, found.last, found.last_state) == (None, None, "ungradable")


def test_time_leaves_breaks_out(history):
    progress.record_start(history, "07-depends")
    with sqlite3.connect(history.path) as connection:
        connection.execute("UPDATE starts SET at = '2026-01-01T09:50:00Z'")
    for at in ("10:00:00", "10:15:00", "19:00:00", "19:05:30"):
        progress.record(history, verdict(at=f"2026-01-01T{at}Z"))
    found = progress.read_all(history)["07-depends"]
    assert found.seconds == (10 + 15 + 5) * 60 + 30
    assert found.started == "2026-01-01T09:50:00Z"


def test_finished_is_when_all_points_were_first_won(history):
    for score, at in ((1, "10:00"), (3, "10:10"), (0, "10:20"), (3, "10:30")):
        progress.record(history, verdict(score=score, at=f"2026-01-01T{at}:00Z"))
    assert progress.read_all(history)["07-depends"].finished == "2026-01-01T10:10:00Z"


def test_a_point_once_won_stays_known(history):
    progress.record(history, verdict(score=3))
    progress.record(history, verdict(score=0))
    assert progress.read_won(history) == {("07-depends", "p")}


def test_hints_only_go_up(history):
    for level in (1, 3, 2):
        progress.open_hint(history, "07-depends", "p", level)
    assert progress.hints_used(history, "07-depends") == {"p": 3}


def test_an_exercise_that_grew_is_open_again(history, repository):
    from gradewright.content.catalogue import Catalogue
    from gradewright.content.root import find_root

    exercise = Catalogue(find_root(str(repository))).load("07-depends")
    progress.record(history, verdict(score=3))
    assert not progress.is_finished(progress.read_all(history)["07-depends"], exercise)


# As people type it


def test_next_starts_what_comes_after_and_waits_for_its_first_grade(grade, repository, tmp_path):
    assert "Next: 01-first-app" in grade().out
    grade("07", repository / "graders/07-depends/solutions/annotated", "--no-report")
    assert "Next: 08-class-depends" in grade().out

    first = grade("next")
    assert first.code == 0
    assert "grade 08-class-depends" in first.out
    assert (tmp_path / "cwd/08-class-depends/app.py").is_file()
    assert json.loads(grade("--json", "next").out)["next"] == "08-class-depends"
    assert not list((tmp_path / "cwd").glob("09-*")), "nothing new before the first is graded"
    told = grade().out
    assert "Now:  08-class-depends" in told
    assert "started, not graded yet" in told

    grade("08", "--no-report")
    assert grade().out.splitlines()[1].startswith("Now:  08-class-depends, Classes as dependencies: best 0/")
    assert "09-sub-depends" in grade("next").out


def test_list_shows_attempts_best_and_last(grade, repository):
    solved = repository / "graders/07-depends/solutions/annotated"
    for path in (solved, repository / "graders/07-depends/wrong/copy-paste", repository / "starter/07-depends"):
        grade("07", path, "--no-report")
    line = next(line for line in grade("list").out.splitlines() if line.startswith("07-depends"))
    assert line.endswith("all points 11/11, last 0/11, 3 attempts")
    entries = {entry["slug"]: entry for entry in json.loads(grade("list", "--json").out)}
    found = entries["07-depends"]["progress"]
    assert (found["attempts"], found["best"], found["last"], found["max"]) == (3, 11, 0, 11)
    assert entries["08-class-depends"]["progress"] is None


def test_grade_as_json(grade):
    told = json.loads(grade("--json").out)
    assert told["finished"] == 0
    assert told["next"] == "01-first-app"
    assert told["current"] is None

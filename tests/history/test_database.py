"""The history's file: many grades at once, a damaged file, and files that are not ours to replace."""

import concurrent.futures
import os
import sqlite3
import subprocess
import sys

import pytest
from tests.history.test_progress import verdict

from gradewright.history import FILE, History, progress

DAMAGE = {
    "text": lambda path: path.write_text("not a database, but a good deal longer than a header would be " * 40),
    "cut": lambda path: os.truncate(path, path.stat().st_size // 2),
    "scribbled": lambda path: path.write_bytes(path.read_bytes()[:100] + os.urandom(path.stat().st_size - 100)),
    "foreign": lambda path: (path.unlink(), sqlite3.connect(path).execute("CREATE TABLE mine (x)").connection.close()),
    "changed": lambda path: sqlite3.connect(path).execute("DROP TABLE attempts").connection.close(),
}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / ".grade"


def test_grades_that_end_at_once_all_count(folder):
    """Processes, as grades are: each opens the new file for itself."""
    code = """
import sys
from pathlib import Path
from gradewright.history import History, progress
from tests.history.test_progress import verdict
history = History(Path(sys.argv[1]), lambda text: sys.exit(text))
for number in range(10):
    progress.record(history, verdict(score=1))
    assert progress.read_all(history)
"""
    command = [sys.executable, "-c", code, str(folder)]

    def run(_number):
        return subprocess.run(command, cwd=progress_root(), capture_output=True, text=True)

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        done = list(pool.map(run, range(6)))
    assert [each.stderr for each in done if each.returncode] == []
    assert progress.read_all(History(folder, pytest.fail))["07-depends"].attempts == 60
    assert [path.name for path in folder.iterdir()] == [FILE]


def progress_root():
    from tests.conftest import REPOSITORY

    return REPOSITORY


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_file_is_kept_aside_and_a_new_one_begun(folder, how):
    said = []
    progress.record(History(folder, said.append), verdict(score=3))
    DAMAGE[how](folder / FILE)
    damaged = (folder / FILE).read_bytes()
    history = History(folder, said.append)
    progress.record(history, verdict(score=1))
    progress.record(history, verdict(score=2))
    (aside,) = folder.glob("history.damaged-*.db")
    assert aside.read_bytes() == damaged
    assert len(said) == 1
    assert str(aside) in said[0]
    assert "your progress starts anew" in said[0]
    assert progress.read_all(history)["07-depends"].attempts == 2


def test_reading_a_damaged_file_keeps_it_aside_too(folder):
    folder.mkdir()
    DAMAGE["text"](folder / FILE)
    said = []
    assert progress.read_all(History(folder, said.append)) == {}
    assert len(list(folder.glob("history.damaged-*.db"))) == 1
    assert len(said) == 1


def test_two_that_find_the_damage_do_not_lose_the_new_file(folder):
    """The second sees that the file is another one by now, and writes into it."""
    folder.mkdir()
    DAMAGE["text"](folder / FILE)
    said = []
    late = History(folder, said.append)
    set_aside = late._set_aside

    def interleaved(before, reason):
        progress.record(History(folder, said.append), verdict(score=1))
        return set_aside(before, reason)

    late._set_aside = interleaved
    progress.record(late, verdict(score=1))
    assert len(list(folder.glob("history.damaged-*.db"))) == 1
    assert progress.read_all(History(folder, said.append))["07-depends"].attempts == 2


def test_a_newer_file_is_left_alone(folder):
    said = []
    progress.record(History(folder, said.append), verdict(score=3))
    with sqlite3.connect(folder / FILE) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = (folder / FILE).read_bytes()
    history = History(folder, said.append)
    progress.record(history, verdict(score=1))
    assert progress.read_all(history) == {}
    assert said == [
        f"note  {folder / FILE} could not be used: a newer Gradewright wrote it. Your progress is not kept meanwhile."
    ]
    assert (folder / FILE).read_bytes() == before


def test_a_file_that_is_locked_for_ever_costs_only_the_progress(folder, monkeypatch):
    monkeypatch.setattr("gradewright.history.database.BUSY_SECONDS", 0.1)
    said = []
    history = History(folder, said.append)
    progress.record(history, verdict(score=1))
    other = sqlite3.connect(folder / FILE, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    progress.record(history, verdict(score=2))
    assert "locked" in said[0]
    other.close()
    assert progress.read_all(history)["07-depends"].attempts == 1


def test_a_grade_tells_and_goes_on(grade, repository, tmp_path):
    solved = repository / "graders/07-depends/solutions/annotated"
    folder = tmp_path / "cwd/.grade"
    folder.mkdir()
    (folder / FILE).write_text("x" * 5000)
    done = grade("07", solved)
    assert done.code == 0
    assert "FULL MARKS" in done.out
    assert "note  .grade/history.db could not be read" in done.err
    assert len(list(folder.glob("history.damaged-*.db"))) == 1
    assert "all points 11/11" in grade("list").out


@pytest.mark.parametrize("place", ["folder", "file"])
def test_a_place_that_cannot_hold_it_is_told_and_no_more(grade, repository, tmp_path, place):
    if place == "folder":
        (tmp_path / "cwd/.grade" / FILE).mkdir(parents=True)
    else:
        (tmp_path / "cwd/.grade").write_text("in the way")
    done = grade("07", repository / "graders/07-depends/solutions/annotated", "--no-report")
    assert done.code == 0
    assert "could not be used" in done.err
    assert "Traceback" not in done.err

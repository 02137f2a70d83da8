"""Saves are noticed whatever the editor does. The system's events are played here; only the last tests use real ones."""

import os
import queue
import shutil
import threading

import pytest

from gradewright.watch.tree import snapshot, wanted
from gradewright.watch.wake import Notify, Poll, choose
from gradewright.watch.watcher import Gone, Saved, Watcher


class Script:
    """Does the next of `steps` each time the watcher waits, and reports the paths that it returns."""

    def __init__(self, *steps, hears=True):
        self.hears = hears
        self.steps = list(steps)
        self.closed = False

    def wait(self, folders):
        return set(self.steps.pop(0)() or ())

    def close(self):
        self.closed = True


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "mine"
    path.mkdir()
    (path / "app.py").write_text("one")
    return path


def watched(path, *steps, hears=True):
    """Return what a watcher tells while these steps happen."""
    told = []
    watcher = Watcher(path, told.append, wake=Script(*steps, hears=hears))
    for _step in steps:
        watcher.step()
    return told


def test_a_write_is_a_save(folder):
    assert watched(folder, lambda: (folder / "app.py").write_text("two!") and None) == [Saved(("app.py",))]


def test_saving_by_rename_is_one_save_of_the_file(folder):
    def save():
        (folder / "app.py~").write_text("one")
        (folder / "app.py.tmp").write_text("two")
        os.replace(folder / "app.py.tmp", folder / "app.py")
        (folder / "app.py~").unlink()

    assert watched(folder, save) == [Saved(("app.py",))]


def test_a_burst_of_saves_counts_once(folder):
    def save():
        for number in range(9):
            (folder / f"module{number % 3}.py").write_text(f"x = {number:03}")

    assert watched(folder, save, list) == [Saved(("module0.py", "module1.py", "module2.py"))]


def test_a_write_of_the_same_size_in_the_same_tick_is_still_noticed(folder):
    app = folder / "app.py"
    times = app.stat().st_atime_ns, app.stat().st_mtime_ns

    def save():
        app.write_text("two")
        os.utime(app, ns=times)
        return [str(app)]

    assert watched(folder, save) == [Saved(("app.py",))]


def test_a_change_of_rights_is_no_save(folder):
    app = folder / "app.py"
    os.utime(app, (1_700_000_000, 1_700_000_000))

    def change():
        app.chmod(0o600)
        return [str(app)]

    assert watched(folder, change) == []


@pytest.mark.parametrize("name", [".git", ".venv", "__pycache__", ".grade", ".idea"])
def test_what_intake_leaves_out_is_not_watched(folder, name):
    (folder / name).mkdir()
    assert str(folder / name) not in snapshot(folder).folders

    def write():
        (folder / name / "index").write_text("x")
        return [str(folder / name / "index")]

    assert watched(folder, write) == []


@pytest.mark.parametrize("name", [".app.py.swp", "app.py~", "#app.py#", ".#app.py", "4913", "app.pyc", "app.py___jb_tmp___"])
def test_what_editors_leave_beside_a_file_is_no_save(folder, name):
    def write():
        (folder / name).write_text("x")
        return [str(folder / name)]

    assert watched(folder, write) == []


def test_new_files_in_new_folders_and_removed_files_are_saves(folder):
    def add():
        (folder / "pkg").mkdir()
        (folder / "pkg" / "deps.py").write_text("x")

    assert watched(folder, add, lambda: shutil.rmtree(folder / "pkg")) == [Saved(("pkg/deps.py",)), Saved(("pkg/deps.py",))]
    assert list(snapshot(folder).folders) == [str(folder)]


def test_a_single_file_is_watched_through_its_folder(folder):
    def save():
        (folder / "other.py").write_text("x")
        return [str(folder / "other.py")]

    def rename():
        (folder / "new").write_text("two")
        os.replace(folder / "new", folder / "app.py")

    assert watched(folder / "app.py", save, rename) == [Saved(("app.py",))]
    assert wanted(folder / "app.py", [str(folder / "app.py"), str(folder / "other.py")]) == ["app.py"]


def test_a_folder_that_goes_is_told_and_so_is_its_return(folder, monkeypatch):
    monkeypatch.setattr("gradewright.watch.watcher.GONE_SECONDS", 0)
    monkeypatch.setattr("gradewright.watch.wake.POLL_SECONDS", 0)
    told = []
    watcher = Watcher(folder, told.append, wake=Script(lambda: shutil.rmtree(folder)))
    watcher.step()
    assert told == [Gone()]
    watcher.step()
    folder.mkdir()
    watcher.step()
    assert told == [Gone()], "an empty folder is being filled"
    (folder / "app.py").write_text("back")
    watcher.step()
    assert told == [Gone(), Saved((), back=True)]


def test_a_file_that_is_away_for_a_moment_is_not_gone(folder, monkeypatch):
    app = folder / "app.py"
    told = []
    watcher = Watcher(app, told.append, wake=Script(app.unlink))
    monkeypatch.setattr(watcher._stop, "wait", lambda _seconds: bool(app.write_text("anew")) and False)
    watcher.step()
    assert told == [Saved(("app.py",))]


def test_polling_waits_until_a_burst_is_over(folder, monkeypatch):
    app = folder / "app.py"
    texts = iter(["half a fi", "half a file, and the rest"])
    told = []
    watcher = Watcher(folder, told.append, wake=Script(lambda: app.write_text("half") and None, hears=False))
    monkeypatch.setattr(
        watcher._stop, "wait", lambda _seconds: bool((text := next(texts, "")) and app.write_text(text)) and False
    )
    watcher.step()
    assert told == [Saved(("app.py",))]
    assert app.read_text() == "half a file, and the rest"


@pytest.mark.parametrize("hears", [False, True])
def test_a_file_that_is_empty_is_given_time_to_be_written(folder, monkeypatch, hears):
    app = folder / "app.py"
    texts = iter([None, None, "written"])
    told = []
    watcher = Watcher(folder, told.append, wake=Script(lambda: app.write_text("") or None, hears=hears))
    monkeypatch.setattr(
        watcher._stop, "wait", lambda _seconds: bool((text := next(texts, None)) and app.write_text(text)) and False
    )
    watcher.step()
    assert told == [Saved(("app.py",))]
    assert app.read_text() == "written"


def test_a_file_that_stays_empty_is_a_save(folder):
    assert watched(folder, lambda: (folder / "app.py").write_text("") or None) == [Saved(("app.py",))]


def test_a_file_system_that_notifies_nobody_is_looked_at_instead(folder):
    def save(text):
        return lambda: (folder / "app.py").write_text(text) and None

    told = []
    wake = Script(save("two!"), save("three"))
    watcher = Watcher(folder, told.append, wake=wake)
    watcher.step()
    watcher.step()
    assert len(told) == 2
    assert wake.closed
    assert isinstance(watcher._wake, Poll)


def test_a_system_that_cannot_watch_is_looked_at_instead(folder):
    def refuse():
        raise OSError(28, "too many watches")

    told = []
    watcher = Watcher(folder, told.append, wake=Script(refuse))
    (folder / "app.py").write_text("two!")
    watcher.step()
    assert told == [Saved(("app.py",))]
    assert isinstance(watcher._wake, Poll)


def test_polling_can_be_asked_for(monkeypatch):
    monkeypatch.delenv("WATCHFILES_FORCE_POLLING", raising=False)
    stop = threading.Event()
    assert isinstance(choose(stop, poll=True), Poll)
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "1")
    assert isinstance(choose(stop, poll=False), Poll)
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "false")
    assert isinstance(choose(stop, poll=False), Notify)


@pytest.mark.parametrize("poll", [False, True])
def test_real_saves_are_noticed_and_reading_is_not(folder, poll):
    told = queue.SimpleQueue()
    watcher = Watcher(folder, told.put, poll=poll)
    watcher.start()
    try:
        for number in range(5):
            (folder / "app.py").write_text(f"number = {number}" + "#" * number)
            assert told.get(timeout=10) == Saved(("app.py",))
        (folder / "app.py").read_text()
        shutil.rmtree(folder)
        assert told.get(timeout=10) == Gone()
        folder.mkdir()
        (folder / "app.py").write_text("back")
        assert told.get(timeout=10) == Saved((), back=True)
        for number in range(5):
            (folder / "app.py").write_text("and saved" + "!" * number)
            assert told.get(timeout=10) == Saved(("app.py",))
        # Back on notifications, or still polling until its next look: both notice saves.
        assert isinstance(watcher._wake, Poll if poll else (Notify, Poll))
    finally:
        watcher.close()
    assert told.empty()

"""Intake: regular files only, nothing followed, everything counted."""

import os
import socket

import pytest

from gradewright.errors import BadInput, Rejected
from gradewright.session import intake


@pytest.fixture
def folders(tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    target.mkdir()
    return source, target


def test_files_and_folders_are_copied_and_hashed(folders):
    source, target = folders
    (source / "app.py").write_text("app = 1\n")
    (source / "pkg").mkdir()
    (source / "pkg" / "data.bin").write_bytes(b"\0\1")
    taken = intake.take_in(source, target)
    assert taken.files == ("app.py", "pkg/data.bin")
    assert taken.sources == {"app.py": "app = 1\n"}
    assert (target / "pkg" / "data.bin").read_bytes() == b"\0\1"
    assert taken.digest.startswith("sha256:")
    assert len(taken.digest) == 71


def test_the_digest_depends_on_names_and_contents_only(tmp_path):
    digests = []
    for number, (name, text) in enumerate([("a.py", "x"), ("a.py", "x"), ("b.py", "x"), ("a.py", "y")]):
        source, target = tmp_path / f"s{number}", tmp_path / f"t{number}"
        source.mkdir()
        target.mkdir()
        (source / name).write_text(text)
        digests.append(intake.take_in(source, target).digest)
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


def test_links_fifos_and_sockets_are_not_followed(folders, tmp_path):
    source, target = folders
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "suite.py").write_text("the answers")
    (source / "app.py").write_text("ok")
    (source / "link.py").symlink_to(secret / "suite.py")
    (source / "folder").symlink_to(secret)
    os.mkfifo(source / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(source / "sock"))
        taken = intake.take_in(source, target)
    assert taken.files == ("app.py",)
    assert sorted(path.name for path in target.iterdir()) == ["app.py"]
    assert len(taken.skipped) == 4
    assert "the answers" not in "".join(taken.sources.values())


def test_environments_and_caches_are_left_out_before_counting(folders, monkeypatch):
    source, target = folders
    monkeypatch.setattr(intake, "MAX_FILES", 3)
    for name in (".venv", "node_modules", ".git", "__pycache__", "__MACOSX"):
        (source / name).mkdir()
        for number in range(5):
            (source / name / f"{number}.py").write_text("x")
    (source / "app.py").write_text("ok")
    assert intake.take_in(source, target).files == ("app.py",)


def test_too_many_files_are_refused(folders, monkeypatch):
    source, target = folders
    monkeypatch.setattr(intake, "MAX_FILES", 3)
    for number in range(4):
        (source / f"{number}.py").write_text("x")
    with pytest.raises(Rejected, match="more than 3 files"):
        intake.take_in(source, target)


def test_too_many_bytes_are_refused_without_reading_them_all(folders, monkeypatch):
    source, target = folders
    monkeypatch.setattr(intake, "MAX_BYTES", 1000)
    with (source / "sparse.bin").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(Rejected, match="larger"):
        intake.take_in(source, target)


def test_deep_nesting_is_refused(folders):
    source, target = folders
    deep = source
    for _level in range(intake.MAX_DEPTH + 2):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (deep / "x.py").write_text("x")
    with pytest.raises(Rejected, match="nested"):
        intake.take_in(source, target)


def test_nothing_there_is_the_users_mistake(folders, tmp_path):
    source, target = folders
    with pytest.raises(BadInput, match="no files"):
        intake.take_in(source, target)
    with pytest.raises(BadInput, match="does not exist"):
        intake.take_in(tmp_path / "absent", target)


def test_a_single_file_is_a_submission(folders):
    source, target = folders
    (source / "main.py").write_text("app = 1\n")
    assert intake.take_in(source / "main.py", target).files == ("main.py",)

"""What a submitted folder may hold besides an app: nothing is followed, and what does not belong is left out or refused."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.hostile


def links(submission: Path, canary: Path, suite: Path) -> None:
    for name, target in (("suite.py", suite), ("canary.txt", canary), ("zero", Path("/dev/zero")), ("root", Path("/"))):
        (submission / name).symlink_to(target)
    (submission / "graders").symlink_to(suite.parents[2])
    (submission / "loop").symlink_to(submission)


def specials(submission: Path, _canary: Path, _suite: Path) -> None:
    os.mkfifo(submission / "pipe.py")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(submission / "s"))


def hard_links(submission: Path, _canary: Path, suite: Path) -> None:
    os.link(suite, submission / "suite.py")


def clutter(submission: Path, _canary: Path, _suite: Path) -> None:
    for name in (".venv", "node_modules", ".git", "__MACOSX", "__pycache__", "venv"):
        (submission / name).mkdir()
        for number in range(500):
            (submission / name / f"{number}.py").write_text("raise SystemExit\n")


def byte_names(submission: Path, _canary: Path, _suite: Path) -> None:
    (Path(os.fsdecode(os.fsencode(submission) + b"/caf\xe9.py"))).write_text("x = 1\n")


READS = """
import os
for name in ("suite.py", "canary.txt", "zero", "root/etc/passwd", "graders", "loop", "pipe.py", "s", ".venv", ".git"):
    probe(name, lambda: os.lstat(name))
"""


@pytest.mark.parametrize(
    ("case", "noted"),
    [
        pytest.param(
            {"add": READS, "prepare": links}, ["suite.py", "canary.txt", "zero", "root", "graders", "loop"], id="links"
        ),
        pytest.param(
            {"add": READS, "prepare": specials, "limit": 30}, ["pipe.py", "s is not a regular file"], id="FIFO and socket"
        ),
        pytest.param({"add": READS, "prepare": clutter}, [], id="environments and histories"),
        pytest.param({"add": READS, "prepare": byte_names}, ["cannot be shown"], id="name that is not UTF-8"),
    ],
)
def test_what_does_not_belong_is_left_out_with_a_remark(outcome: Any, noted: list[str]) -> None:
    assert (outcome.state, outcome.score) == ("graded", 11)
    assert [name for name, met in outcome.probes.items() if met != "ENOENT"] == []
    notes = "\n".join(outcome.verdict["notes"])
    assert [text for text in noted if text not in notes] == []


def test_hard_link_to_the_suite_is_left_out(grade: Any, make_app: Any, repository: Path, make_root: Any) -> None:
    root = make_root("""
        from gradewright.suite import point

        @point("one")
        def test_secret_words(client, expect):
            expect.status(client.get("/"), 200, "GET / should answer.")
    """)
    suite = root / "graders" / "01-made" / "suite" / "test_01_made.py"
    source = """
        from fastapi import FastAPI
        app = FastAPI()
        try:
            print(open("linked.py").read())
        except FileNotFoundError:
            print("NOT THERE", flush=True)
        @app.get("/")
        def home(): return 1
    """
    submission = make_app(source)
    hard_links(submission, suite, suite)
    (submission / "suite.py").rename(submission / "linked.py")
    done = grade("--root", root, "01-made", submission, "--json")
    assert done.verdict["score"] == 1
    assert "NOT THERE" in done.verdict["output"]["text"]
    assert "test_secret_words" not in done.out
    assert "linked.py is a file of the grader, so it was left out" in done.verdict["notes"]


def deep(submission: Path, _canary: Path, _suite: Path) -> None:
    (submission / "/".join("d" * 60)).mkdir(parents=True)


def many(submission: Path, _canary: Path, _suite: Path) -> None:
    for number in range(2100):
        (submission / f"f{number}.txt").touch()


def large(submission: Path, _canary: Path, _suite: Path) -> None:
    with (submission / "data.bin").open("wb") as file:
        file.truncate(10 << 30)


@pytest.mark.parametrize(
    ("case", "says"),
    [
        pytest.param({"prepare": deep}, "nested more than", id="deep"),
        pytest.param({"prepare": many}, "more than 2000 files", id="many files"),
        pytest.param({"prepare": large}, "larger than 20 MiB", id="10 GB"),
    ],
)
def test_submission_out_of_proportion_is_refused_before_it_runs(outcome: Any, says: str) -> None:
    assert (outcome.state, outcome.score, outcome.code) == ("rejected", 0, 3)
    assert says in outcome.problem["message"]
    assert outcome.verdict["output"]["text"] == ""
    assert outcome.seconds < 30

"""Verdicts and exercises as short as these tests allow, and a `grade watch` that runs in a terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gradewright.model import Exercise, Point, PointResult, Problem, Verdict


def make_exercise(slug: str = "01-made", count: int = 3) -> Exercise:
    """Return an exercise whose points p1, p2, … weigh 1 each."""
    points = tuple(
        Point(
            id=f"p{number}",
            title=f"Point {number}",
            weight=1,
            evidence="wire",
            question="Why?",
            answer="Because.",
            follow_up="And then?",
            hints=("one", "two", "three"),
        )
        for number in range(1, count + 1)
    )
    return Exercise(slug=slug, title="Made", level="basic", minutes=1, points=points, root="")


def make_verdict(marks: str, *, slug: str = "01-made", state: str = "") -> Verdict:
    """Return a verdict with one point a letter: + won, - lost, . not run. Without any judged it is ungradable."""
    words = {"+": "won", "-": "lost", ".": "not_run"}
    points = tuple(
        PointResult(
            id=f"p{number}",
            number=number,
            title=f"Point {number}",
            status=words[mark],
            evidence="wire",
            score=int(mark == "+"),
            max_score=1,
            message="It should." if mark == "-" else "",
            question="Why?",
        )
        for number, mark in enumerate(marks, start=1)
    )
    state = state or ("graded" if set(marks) != {"."} else "ungradable")
    problem = None if state == "graded" else Problem(kind="made", title="Made", message="made")
    return Verdict(
        exercise=slug,
        title="Made",
        level="basic",
        minutes=1,
        state=state,
        score=marks.count("+"),
        max_score=len(marks),
        seed="0" * 32,
        points=points,
        problem=problem,
        created="2026-01-01T00:00:00Z",
    )


@pytest.fixture
def build_exercise() -> Callable[..., Exercise]:
    return make_exercise


@pytest.fixture
def build_verdict() -> Callable[..., Verdict]:
    return make_verdict


class Terminal:
    """`grade` with arguments in a pseudo-terminal of 24 lines. `expect` waits for text on its screen."""

    def __init__(self, folder: Path, *arguments: str, columns: int = 80) -> None:
        self.folder = folder
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.slave = slave
        self.modes = termios.tcgetattr(slave)
        self.seen = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gradewright", *arguments],
            cwd=folder,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, "TERM": "xterm"},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no other threads here
        )

    def expect(self, pattern: str, seconds: float = 60) -> str:
        """Return what came up to and with `pattern`, and forget it."""
        deadline = time.monotonic() + seconds
        while not (found := re.search(pattern, self.seen, re.DOTALL)):
            ready, _w, _x = select.select([self.master], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"{pattern!r} did not come; the terminal shows {self.seen!r}"
            self.seen += os.read(self.master, 65536).decode(errors="replace")
        text, self.seen = self.seen[: found.end()], self.seen[found.end() :]
        return text

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def ended(self, seconds: float = 20) -> int:
        """Wait for the end and return the exit code."""
        return self.process.wait(seconds)

    @property
    def modes_now(self) -> list[object]:
        return termios.tcgetattr(self.slave)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Run `grade` with arguments in a terminal and a folder of its own."""
    open_: list[Terminal] = []

    def start(*arguments: str | Path, columns: int = 80) -> Terminal:
        made = Terminal(tmp_path, *map(str, arguments), columns=columns)
        open_.append(made)
        return made

    yield start
    for made in open_:
        made.close()


@pytest.fixture
def submission(tmp_path: Path, repository: Path) -> Path:
    """A full solution of 07-depends, to be edited."""
    folder = tmp_path / "mine"
    shutil.copytree(repository / "graders/07-depends/solutions/annotated", folder)
    return folder

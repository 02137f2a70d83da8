"""Fixtures shared by all tests: running the real command line, and exercises made for one test."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Done:
    """A finished command: exit code and both outputs as text."""

    code: int
    out: str
    err: str

    @property
    def verdict(self) -> dict[str, Any]:
        """The JSON document on stdout."""
        return json.loads(self.out)

    def point(self, point_id: str) -> dict[str, Any]:
        return next(point for point in self.verdict["points"] if point["id"] == point_id)

    @property
    def lost(self) -> list[str]:
        return [point["id"] for point in self.verdict["points"] if point["status"] != "won"]


@pytest.fixture
def repository() -> Path:
    """The checkout that is being tested."""
    return REPOSITORY


def pytest_configure() -> None:
    """What a shell starts in the background ignores Ctrl-C, and so would every command that a test interrupts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=["zygote", "spawn"], help="run all grades of the tests with this engine")


@pytest.fixture
def grade(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[..., Done]:
    """Run `grade` with arguments in a folder of its own, as a process; returns Done."""
    folder = tmp_path / "cwd"
    folder.mkdir()
    engine = request.config.getoption("--engine")

    def run(*arguments: str | Path, cwd: Path = folder, env: dict[str, str] | None = None, timeout: float = 100) -> Done:
        from gradewright.commands.main import OTHER_COMMANDS, will_grade

        command = [sys.executable, "-m", "gradewright", *map(str, arguments)]
        words = [str(argument) for argument in arguments]
        if engine and will_grade(words) and not {"--engine", *OTHER_COMMANDS}.intersection(words):
            command += ["--engine", engine]
        done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=timeout)
        return Done(done.returncode, done.stdout, done.stderr)

    return run


EXERCISE = """
title = "Made for a test"
level = "basic"
minutes = 1
"""
POINT = """
[[points]]
id = "{id}"
title = "The point {id}"
weight = 1
evidence = "wire"
question = "Why?"
answer = "Because."
follow_up = "And then?"
hints = ["one", "two", "three"]
"""


@pytest.fixture
def make_root(tmp_path: Path) -> Callable[..., Path]:
    """Make a content root with one exercise, 01-made, from a suite's source; returns its path.

    The points are those that the suite's `@point("…")` lines name, in order. Further keywords: `provided` (file name to source
    of modules that go to the worker), `extra` (lines for the top of exercise.toml).
    """

    def make(suite: str, *, provided: dict[str, str] | None = None, extra: str = "") -> Path:
        root = tmp_path / "root"
        folders = {part: root / part / "01-made" for part in ("exercises", "starter", "graders")}
        for folder in folders.values():
            folder.mkdir(parents=True)
        source = textwrap.dedent(suite)
        ids = list(dict.fromkeys(line.split('"')[1] for line in source.splitlines() if line.startswith("@point(")))
        toml = EXERCISE + extra + "".join(POINT.format(id=name) for name in ids)
        (folders["exercises"] / "exercise.toml").write_text(toml)
        (folders["exercises"] / "README.md").write_text("# Brief\n")
        (folders["starter"] / "app.py").write_text("from fastapi import FastAPI\n\napp = FastAPI()\n")
        (folders["graders"] / "suite").mkdir()
        (folders["graders"] / "suite" / "test_01_made.py").write_text(source)
        for name, text in (provided or {}).items():
            (folders["graders"] / "worker").mkdir(exist_ok=True)
            (folders["graders"] / "worker" / name).write_text(textwrap.dedent(text))
        return root

    return make


@pytest.fixture
def make_app(tmp_path: Path) -> Callable[..., Path]:
    """Make a submission folder from file names and sources; returns its path."""

    def make(source: str = "", **files: str) -> Path:
        folder = tmp_path / "submission"
        folder.mkdir(exist_ok=True)
        if source:
            (folder / "app.py").write_text(textwrap.dedent(source))
        for name, text in files.items():
            path = folder / name.replace("__", "/")
            path = path if path.suffix else path.with_suffix(".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))
        return folder

    return make


def _at_a_terminal() -> None:
    """Take the terminal over, and hear Ctrl+C: a job in a script's background begins with that ignored."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


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
            preexec_fn=_at_a_terminal,  # noqa: PLW1509 - no other threads here
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

    def interrupt(self) -> None:
        """Press Ctrl+C once the program waits for somebody: a signal just before its read would be noticed only after it."""
        asleep = 0
        while asleep < 3:
            state = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[0]
            asleep = asleep + 1 if state == "S" else 0
            time.sleep(0.02)
        self.type("\x03")

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

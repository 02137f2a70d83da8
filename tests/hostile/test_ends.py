"""When something is killed, what it started goes with it: no process of a submission outlives its grade."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.hostile

REPOSITORY = Path(__file__).resolve().parents[2]
#: Holds the interpreter: no thread of the worker's own can end it.
HANG = "import re\nre.match(r'(a+)+$', 'a' * 64 + 'b')\n"
DAEMON = "import os, time\nif os.fork() == 0:\n    time.sleep(300)\n"


@pytest.mark.parametrize("case", [pytest.param({"add": DAEMON, "grants": ["processes"]}, id="started at import")])
def test_daemon_ends_with_the_grade(outcome: Any) -> None:
    """That no process is left is checked for every outcome."""
    assert (outcome.state, outcome.score) == ("graded", 11)


LEAVES = DAEMON + "else:\n    os._exit(0)\n"


@pytest.mark.parametrize("case", [pytest.param({"add": LEAVES, "grants": ["processes"]}, id="of a worker that leaves")])
def test_daemon_ends_with_its_worker(outcome: Any) -> None:
    assert (outcome.state, outcome.score) == ("ungradable", 0)


@pytest.mark.parametrize(
    "case", [{"add": HANG, "args": ("--start-limit", "2", "--total-limit", "12")}], ids=["holds the interpreter"]
)
def test_app_that_does_not_start_is_given_up(outcome: Any) -> None:
    assert (outcome.state, outcome.problem.get("kind")) == ("ungradable", "start_timeout")
    assert outcome.seconds < 12


SLOW = "def list_users(page: Page):\n    import time\n    time.sleep(60)\n"


@pytest.mark.parametrize("case", [{"users": SLOW, "args": ("--request-limit", "40", "--total-limit", "4")}], ids=["slow"])
def test_grade_that_takes_too_long_is_given_up(outcome: Any) -> None:
    assert (outcome.state, outcome.problem.get("kind")) == ("limit", "time_limit")
    assert outcome.seconds < 20


WITHOUT_BUBBLEWRAP = """
import sys
from gradewright.worker_control import bubblewrap
bubblewrap.find = lambda: None
from gradewright.__main__ import main
main()
"""


def children_of(process: int) -> Iterator[tuple[int, str]]:
    """Yield the processes that `process` started, and what they were started with."""
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == process:
                yield int(entry.name), (entry / "cmdline").read_text()


def working_in(folder: Path) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            place = os.readlink(entry / "cwd")
            if place.startswith(str(folder)) and (entry / "stat").read_text().rpartition(")")[2].split()[0] != "Z":
                found.append(int(entry.name))
    return found


def wait_for(condition: Callable[[], Any], seconds: float) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


@pytest.fixture
def running(tmp_path: Path, walls: str, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[bytes]]:
    """A grade of a submission that hangs at import, with a daemon of its own, in `tmp_path`."""
    submission, work, root = tmp_path / "submission", tmp_path / "t", tmp_path / "root"
    submission.mkdir()
    work.mkdir()
    (submission / "app.py").write_text(request.param)
    for part in ("exercises", "starter", "graders"):
        (root / part).mkdir(parents=True)
        os.symlink(REPOSITORY / part / "07-depends", root / part / "07-depends")
    toml = (root / "exercises" / "07-depends" / "exercise.toml").read_text()
    (root / "exercises" / "07-depends").unlink()
    (root / "exercises" / "07-depends").mkdir()
    (root / "exercises" / "07-depends" / "exercise.toml").write_text('grants = ["processes"]\n' + toml)
    start = ["-m", "gradewright"] if walls == "bubblewrap" else ["-c", WITHOUT_BUBBLEWRAP]
    words = [sys.executable, *start, "--root", str(root), "07-depends", str(submission), "--json", "--no-report"]
    words += ["--start-limit", "15", "--total-limit", "15"]
    process = subprocess.Popen(words, cwd=tmp_path, env={**os.environ, "TMPDIR": str(work)}, stdout=subprocess.PIPE)
    try:
        assert wait_for(lambda: [pid for pid in working_in(work) if pid != process.pid], 10), "no worker has started"
        time.sleep(0.3)
        yield process
    finally:
        process.kill()
        process.communicate()
        for left in working_in(tmp_path):
            os.kill(left, signal.SIGKILL)


def zygote_of(process: subprocess.Popen[bytes]) -> int:
    return next(pid for pid, words in children_of(process.pid) if "worker.zygote" in words)


@pytest.mark.parametrize("running", [pytest.param(DAEMON + HANG, id="with a daemon")], indirect=True)
def test_nothing_outlives_a_grade_that_is_killed(running: subprocess.Popen[bytes], tmp_path: Path) -> None:
    running.kill()
    running.wait()
    assert wait_for(lambda: not working_in(tmp_path), 5), "a process goes on"


@pytest.mark.parametrize("running", [pytest.param(HANG, id="without a daemon")], indirect=True)
def test_worker_does_not_outlive_a_zygote_that_is_killed(running: subprocess.Popen[bytes], tmp_path: Path) -> None:
    """The machine may run out of memory and pick the zygote; the fault is the grader's, and no worker stays behind."""
    os.kill(zygote_of(running), signal.SIGKILL)
    assert wait_for(lambda: not working_in(tmp_path / "t"), 5), "a worker goes on"
    out, _err = running.communicate(timeout=60)
    assert (running.returncode, json.loads(out)["state"]) == (4, "grader_error")


@pytest.mark.parametrize("running", [pytest.param(HANG, id="without a daemon")], indirect=True)
def test_zygote_that_hangs_does_not_hold_up_the_grade(running: subprocess.Popen[bytes], tmp_path: Path) -> None:
    os.kill(zygote_of(running), signal.SIGSTOP)
    with contextlib.suppress(subprocess.TimeoutExpired):
        running.communicate(timeout=40)
    assert running.returncode is not None, "the grade goes on"
    assert wait_for(lambda: not working_in(tmp_path), 5), "a process goes on"

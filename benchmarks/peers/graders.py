"""How each peer is asked to grade a submission, and how its answer is read. Their own files are the templates beside this."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from abc import ABC, abstractmethod
from html import unescape
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import pairs
from benchmarks.peers import environments
from benchmarks.peers.environments import Unusable

TEMPLATES = Path(__file__).resolve().parent
RUN_SECONDS = 240


class Marks(NamedTuple):
    """What a grader gave, in its own unit: points where it has them, tests otherwise."""

    got: float
    of: float

    def __str__(self) -> str:
        return f"{self.got:g}/{self.of:g}"


class Grade(NamedTuple):
    seconds: float
    marks: Marks


class Grader(ABC):
    """One way to grade a submission with a whole process. `make` first, then `grade` as often as you like, in any thread."""

    name = ""
    packages: tuple[str, ...] = ()
    #: Where the submission's code runs, seen from the code that decides about its marks.
    runs_in = "the grading process"
    same_process = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = Path()
        self.version = ""

    def make(self, envs: Path) -> None:
        """Install the peer and write its grader. Raises Unusable."""
        self.python = environments.prepare(envs / self.name, self.packages)
        self.version = environments.version(self.python, self.name)
        self.write()

    def write(self) -> None:  # noqa: B027 - a plugin of pytest has none
        """Write the grader's files to the folder."""

    @abstractmethod
    def command(self, submission: Path, out: Path) -> list[str]:
        """Return the command that grades a submission; files of its own go to `out`."""

    @abstractmethod
    def marks(self, text: str, out: Path) -> Marks:
        """Read what the command answered."""

    def environment(self, submission: Path) -> dict[str, str]:
        # A home of its own: some peers keep profiles and caches there.
        return {**os.environ, "HOME": str(self.folder), "PEERS_SUBMISSION": str(submission)}

    def working_folder(self, _submission: Path, out: Path) -> Path:
        return out

    def grade(self, submission: Path, out: Path) -> Grade:
        """Grade one submission. Raises Unusable when the peer gives no marks."""
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        cwd = self.working_folder(submission, out)
        started = time.perf_counter()
        try:
            done = subprocess.run(
                self.command(submission, out), cwd=cwd, env=self.environment(submission), stdin=subprocess.DEVNULL,
                capture_output=True, text=True, check=False, timeout=RUN_SECONDS,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise Unusable(f"no grade within {RUN_SECONDS} s") from None
        except OSError as problem:
            raise Unusable(f"cannot be started: {problem}") from problem
        seconds = time.perf_counter() - started
        try:
            return Grade(seconds, self.marks(done.stdout, out))
        except (OSError, ValueError, LookupError, TypeError):
            said = environments.last_line(done.stderr or done.stdout)
            raise Unusable(f"gave no marks (exit {done.returncode}): {said}") from None

    def full(self, submission: Path, out: Path) -> float:
        """Grade a right submission; return the seconds. Raises Unusable when it does not get full marks."""
        seconds, marks = self.grade(submission, out)
        if marks.got != marks.of:
            raise Unusable(f"gave {marks} for a right submission")
        return seconds

    def tell_apart(self, right: Path, wrong: Path, out: Path) -> tuple[Marks, Marks]:
        """Return the marks of a right and a wrong submission. Raises Unusable when they are no different."""
        good, bad = self.grade(right, out).marks, self.grade(wrong, out).marks
        if not 0 < good.got == good.of or not bad.got < good.got:
            raise Unusable(f"cannot tell a right submission ({good}) from a wrong one ({bad})")
        return good, bad

    def script(self, name: str) -> str:
        return str(self.python.with_name(name))

    def copy_template(self, name: str, checks: str) -> None:
        shutil.copytree(TEMPLATES / name, self.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        target = self.folder / checks
        target.parent.mkdir(exist_ok=True)
        shutil.copy(TEMPLATES / "checks.py", target)


def _summed(tests: list[dict[str, Any]]) -> Marks:
    scored = [test for test in tests if "max_score" in test]
    return Marks(sum(test["score"] for test in scored), sum(test["max_score"] for test in scored))


class Pytest(Grader):
    """Bare pytest in this environment: what all are compared with."""

    name = "pytest"

    def make(self, envs: Path) -> None:
        _ = envs
        self.version = pairs.machine()["pytest"]

    def environment(self, submission: Path) -> dict[str, str]:
        return pairs.environment(submission)

    def command(self, submission: Path, out: Path) -> list[str]:
        _ = submission, out
        return pairs.bare_pytest()

    def marks(self, text: str, out: Path) -> Marks:
        _ = out
        counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error)", text.splitlines()[-1])}
        return Marks(counts.get("passed", 0), sum(counts.values()))


class PeerPytest(Pytest):
    """Pytest with a plugin, in an environment that has no other: so autoload may stay on, which pytest-html needs."""

    options: tuple[str, ...] = ()

    def make(self, envs: Path) -> None:
        Grader.make(self, envs)

    def environment(self, submission: Path) -> dict[str, str]:
        return {
            name: value for name, value in pairs.environment(submission).items() if name != "PYTEST_DISABLE_PLUGIN_AUTOLOAD"
        }

    def command(self, submission: Path, out: Path) -> list[str]:
        _ = submission, out
        return [str(self.python), "-m", "pytest", "-q", "-p", "no:anyio", *self.options, str(pairs.BASELINE)]


class PytestHtml(PeerPytest):
    name = "pytest-html"
    packages = ("pytest-html",)
    options = ("--html=report.html", "--self-contained-html")

    def marks(self, text: str, out: Path) -> Marks:
        _ = text
        # The report is what this peer adds: without its results there is nothing to compare.
        page = out.joinpath("report.html").read_text(encoding="utf-8")
        found = json.loads(unescape(page.split('data-jsonblob="', 1)[1].split('"', 1)[0]))["tests"]
        results = [test["result"] for attempts in found.values() for test in attempts]
        return Marks(results.count("Passed"), len(results))


class PytestXdist(PeerPytest):
    name = "pytest-xdist"
    packages = ("pytest-xdist",)
    options = ("-n", "2")
    runs_in = "the worker that reports its results"


class Check50(Grader):
    name = "check50"
    packages = ("check50",)
    runs_in = "the pool process that reports its results"

    def write(self) -> None:
        self.copy_template("check50", "checks.py")

    def working_folder(self, submission: Path, _out: Path) -> Path:
        return submission

    def command(self, submission: Path, out: Path) -> list[str]:
        _ = submission, out
        return [self.script("check50"), "--dev", "--local", str(self.folder), "-o", "json"]

    def marks(self, text: str, out: Path) -> Marks:
        _ = out
        results = json.loads(text)["results"]
        return Marks(sum(result["passed"] is True for result in results), len(results))


class GradescopeUtils(Grader):
    name = "gradescope-utils"
    packages = ("gradescope-utils",)

    def write(self) -> None:
        self.copy_template("gradescope", "checks.py")

    def command(self, submission: Path, out: Path) -> list[str]:
        _ = submission, out
        return [str(self.python), str(self.folder / "run_tests.py")]

    def marks(self, text: str, out: Path) -> Marks:
        _ = out
        return _summed(json.loads(text)["tests"])


class Otter(Grader):
    name = "otter-grader"
    # Without its extra there is no kernel to run a submission in.
    packages = ("otter-grader[grading]",)
    runs_in = "the kernel that makes its results"

    def write(self) -> None:
        # In a folder of its own: otter takes a second file beside the submission for a second submission.
        self.copy_template("otter", "support/checks.py")
        command = [self.script("otter"), "generate", "-t", "tests", "-o", "autograder.zip", "support/checks.py"]
        env = {**os.environ, "HOME": str(self.folder)}
        done = subprocess.run(
            command, cwd=self.folder, env=env, capture_output=True, text=True, check=False, timeout=RUN_SECONDS
        )
        if done.returncode != 0:
            raise Unusable(f"otter generate failed: {environments.last_line(done.stderr)}")

    def command(self, submission: Path, out: Path) -> list[str]:
        zipped, app = str(self.folder / "autograder.zip"), str(submission / "app.py")
        return [self.script("otter"), "run", "-a", zipped, "-o", str(out), "--no-logo", app]

    def marks(self, text: str, out: Path) -> Marks:
        _ = text
        return _summed(json.loads(out.joinpath("results.json").read_text())["tests"])


class Ours(Grader):
    """`grade 07-depends`, cold: sandbox, report and all."""

    name = "gradewright"
    runs_in = "a sandboxed process of its own"
    same_process = False

    def make(self, envs: Path) -> None:
        _ = envs
        self.version = metadata.version(self.name)

    def environment(self, submission: Path) -> dict[str, str]:
        return pairs.environment(submission)

    def command(self, submission: Path, out: Path) -> list[str]:
        _ = out
        return [pairs.grade_command(), "--color", "never", "07-depends", str(submission)]

    def marks(self, text: str, out: Path) -> Marks:
        _ = out
        found = re.search(r"(\d+)/(\d+) points", text)
        if not found:
            raise ValueError(text)
        return Marks(int(found[1]), int(found[2]))


#: In the order of the table: the two ends of the scale first.
ALL: tuple[type[Grader], ...] = (Pytest, Ours, PytestHtml, PytestXdist, GradescopeUtils, Check50, Otter)

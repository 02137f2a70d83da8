"""The installed program keeps its suites to itself: a wheel built from the sdist, in an environment of its own.

As root and as an ordinary user, since what protects the one (capabilities) is not what protects the other (file modes: the
installed suite is readable for everybody).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.hostile

REPOSITORY = Path(__file__).resolve().parents[2]
STARTER = (REPOSITORY / "starter/07-depends/app.py").read_text(encoding="utf-8")
SOLUTION = (REPOSITORY / "graders/07-depends/solutions/annotated/app.py").read_text(encoding="utf-8")
WORDS = ("test_refused_request_is_not_counted", "expect.error_at")
NOBODY = 65534

READS = """
def attempt(action, path):
    try:
        return str(action(path))
    except Exception as error:
        return f"denied: {type(error).__name__}"
"""


def pick_python() -> str:
    """Return an interpreter that every user of this machine may run, or else this one."""
    for path in (sys.executable, "/usr/bin/python3"):
        real = Path(path).resolve()
        open_to_all = all(folder.stat().st_mode & 0o001 for folder in (real, *real.parents))
        check = "import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))"
        if open_to_all and subprocess.run([path, "-c", check], capture_output=True).returncode == 0:
            return path
    return sys.executable


@pytest.fixture(scope="session")
def installed() -> Iterator[Path]:
    """An environment with the wheel that was built from the sdist; its folder is open to all users."""
    place = Path(tempfile.mkdtemp(prefix="wheel-", dir="/tmp"))
    place.chmod(0o755)
    try:
        build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(place / "dist"), str(REPOSITORY)]
        done = subprocess.run(build, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        wheel = next((place / "dist").glob("*.whl"))
        subprocess.run([pick_python(), "-m", "venv", str(place / "env")], check=True, capture_output=True)
        install = [str(place / "env/bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel)]
        done = subprocess.run(install, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        yield place / "env"
    finally:
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="session")
def suite(installed: Path) -> Path:
    """The installed suite. It is there and readable: hiding it is not what protects it."""
    found = next(installed.glob("lib/python*/site-packages/gradewright/_content/graders/07-depends/suite/test_07_depends.py"))
    assert all(word in found.read_text(encoding="utf-8") for word in WORDS)
    assert found.stat().st_mode & 0o004
    return found


@pytest.fixture(params=["root", "ordinary user"])
def user(request: pytest.FixtureRequest, installed: Path) -> dict[str, Any]:
    """Arguments for subprocess that make it run as this user."""
    if os.geteuid() != 0:
        if request.param == "root":
            pytest.skip("these tests do not run as root")
        return {}
    if request.param == "root":
        return {}
    as_user: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    check = subprocess.run(["/bin/sh", "-c", f"{installed}/bin/python -c ''"], **as_user, capture_output=True, text=True)
    if check.returncode != 0:
        pytest.skip(f"the interpreter of the environment cannot be run by other users: {check.stderr.strip()}")
    return as_user


def grade(
    installed: Path, user: dict[str, Any], source: str, *, link: Path | None = None, options: tuple[str, ...] = ()
) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="as-") as name:
        folder = Path(name)
        submission = folder / "submission"
        submission.mkdir()
        (submission / "app.py").write_text(source, encoding="utf-8")
        if link is not None:
            (submission / "linked.py").symlink_to(link)
        for path in (folder, submission, submission / "app.py"):
            os.chown(path, user.get("user", os.geteuid()), user.get("group", os.getegid()))
        command = [str(installed / "bin/grade"), "07-depends", str(submission), "--json", "--no-report", *options]
        environment = {"PATH": os.environ["PATH"], "HOME": name, "TMPDIR": name}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, **user)
        assert done.stdout, done.stderr
        assert not [word for word in WORDS if word in done.stdout]
        left = [entry.name for entry in folder.iterdir() if entry.name not in ("submission", ".grade")]
        assert left == []
        verdict = json.loads(done.stdout)
        held = {layer["name"] for layer in verdict["isolation"] if layer["held"]}
        assert {"landlock", "seccomp"} <= held
        return dict(verdict, code=done.returncode)


def test_installed_program_grades_an_honest_solution(installed: Path, user: dict[str, Any]) -> None:
    verdict = grade(installed, user, SOLUTION)
    assert (verdict["code"], verdict["state"], verdict["score"]) == (0, "graded", 11)


FORTY_THREADS = """
import threading as _threading

_meeting = _threading.Barrier(41)
_together = [_threading.Thread(target=_meeting.wait, args=(20,)) for _number in range(40)]
for _thread in _together:
    _thread.start()
_meeting.wait(20)
"""


@pytest.mark.parametrize("profile", ["kata", "screen"])
def test_forty_threads_beside_eighty_processes_of_the_same_user(installed: Path, user: dict[str, Any], profile: str) -> None:
    """A desktop runs dozens of processes: a limit that counted them all would leave none for an honest app."""
    others = [subprocess.Popen(["sleep", "100"], **user) for _number in range(80)]
    try:
        verdict = grade(installed, user, SOLUTION + FORTY_THREADS, options=("--profile", profile))
        assert sum(process.poll() is None for process in others) == 80
    finally:
        for process in others:
            process.kill()
            process.wait()
    if profile == "screen" and verdict["state"] == "grader_error":
        pytest.skip(f"this machine cannot hold the profile screen: {verdict['problem']['message']}")
    assert (verdict["code"], verdict["state"], verdict["score"]) == (0, "graded", 11), verdict["problem"]


def test_leaving_at_import_gains_nothing(installed: Path, user: dict[str, Any]) -> None:
    verdict = grade(installed, user, SOLUTION + "\nimport os\nos._exit(0)\n")
    assert (verdict["code"], verdict["state"], verdict["score"]) == (3, "ungradable", 0)
    assert "exited during import" in verdict["problem"]["message"]


def test_patching_pytest_and_httpx_gains_nothing(installed: Path, user: dict[str, Any]) -> None:
    patches = """
import httpx, pytest, _pytest.runner, _pytest.python
httpx.Client.send = httpx.Client.request = lambda *a, **k: httpx.Response(200, json={"ok": True})
pytest.main = lambda *a, **k: 0
_pytest.runner.call_and_report = lambda *a, **k: None
_pytest.python.Function.runtest = lambda self: None
print("PATCHED", flush=True)
"""
    verdict = grade(installed, user, STARTER + patches)
    assert "PATCHED" in verdict["output"]["text"]
    assert (verdict["code"], verdict["state"], verdict["score"]) == (1, "graded", 0)


@pytest.mark.parametrize(
    ("action", "place"),
    [
        ("lambda path: open(path).read()", "suite"),
        ("lambda path: __import__('runpy').run_path(path)", "suite"),
        ("__import__('os').listdir", "folder"),
        ("__import__('os').listdir", "graders"),
        ("lambda path: open(path).read()", "record"),
        (
            "lambda path: list(__import__('importlib.resources').resources.files('gradewright').joinpath('_content').iterdir())",  # noqa: E501
            "suite",
        ),
        ("lambda path: __import__('gradewright._content')", "suite"),
    ],
)
def test_opening_the_installed_suite_gains_nothing(
    installed: Path, suite: Path, user: dict[str, Any], action: str, place: str
) -> None:
    record = next(suite.parents[5].glob("gradewright-*.dist-info")) / "RECORD"
    path = {"suite": suite, "folder": suite.parent, "graders": suite.parents[2], "record": record}[place]
    source = SOLUTION.replace('return "eu"', f"return attempt({action}, {str(path)!r})") + READS
    verdict = grade(installed, user, source)
    assert shown_region(verdict).startswith("denied: ")
    # Everything but the real region is as it should be, and pays.
    assert [point["id"] for point in verdict["points"] if point["status"] != "won"] == ["injected-value"]
    assert verdict["score"] == 8


def test_link_to_the_installed_suite_gains_nothing(installed: Path, suite: Path, user: dict[str, Any]) -> None:
    source = SOLUTION.replace('return "eu"', 'return attempt(lambda path: open(path).read(), "linked.py")') + READS
    verdict = grade(installed, user, source, link=suite)
    assert shown_region(verdict) == "denied: FileNotFoundError"
    assert "linked.py is not a regular file, so it was left out" in verdict["notes"]
    assert verdict["score"] == 8


def shown_region(verdict: dict[str, Any]) -> str:
    """Return what GET /items showed as its region without an override."""
    point = next(point for point in verdict["points"] if point["id"] == "injected-value")
    plain = [exchange for exchange in point["exchanges"] if exchange["target"] == "/items" and not exchange["overrides"]]
    return str(json.loads(plain[0]["reply"])["region"])

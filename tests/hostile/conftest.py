"""Grades small hostile submissions through the real command line, behind bubblewrap and without it.

A case is a dict. What is submitted: `app` (a whole app.py), or an honest solution with `before` on top, `add` at its end and
`users` (a `def` that answers GET /users) in the place of its own; `files` (more files); `prepare` (a function that puts more
into the folder). `args` are more arguments, `grants` and `limits` those of the exercise, `suite` the source of one made for the
case. In sources `@CANARY@`, `@FOLDER@` (its folder), `@SUITE@` and `@PACKAGE@` stand for absolute paths, `@PORT@`, `@UDP@` and
`@TOKEN@` for servers that nothing may reach, `@PID@` for a process of the same user, `@QUEUE@` for its message queue.

Behind bubblewrap the profile is `screen`, without it `kata`: every case meets both.

What is added may call `probe(name, function)` for each thing it tries, with `call` for system calls by number; what became of
it (the error's name, or ["got", value]) comes back in `Outcome.probes`.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gradewright.content.root import find_root, package_folder
from gradewright.model import Verdict
from gradewright.reports.text import lines
from gradewright.worker_control import bubblewrap

# Test folders are no packages, so that no name of theirs can hide one of the program's.
_spec = importlib.util.spec_from_file_location("hostile_scene", Path(__file__).with_name("scene.py"))
assert _spec is not None
assert _spec.loader is not None
scene = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(scene)

EXERCISE = "07-depends"
REPOSITORY = Path(__file__).resolve().parents[2]
#: Where the program under test keeps them: beside its source, or inside the installed package.
PACKAGE = package_folder()
ROOT = find_root(start=PACKAGE).path
SUITE = ROOT / "graders" / EXERCISE / "suite" / f"test_{EXERCISE.replace('-', '_')}.py"
SOLUTION = REPOSITORY / "graders" / EXERCISE / "solutions" / "annotated" / "app.py"
STARTER = REPOSITORY / "starter" / EXERCISE / "app.py"
#: Names that stand in the suite and nowhere a submission may look.
SUITE_WORDS = ("test_refused_request_is_not_counted", "test_overridden_guard_lets_all_in")

WITHOUT_BUBBLEWRAP = """
import sys
from gradewright.worker_control import bubblewrap
bubblewrap.find = lambda: None
from gradewright.__main__ import main
sys.argv[0] = "grade"
main()
"""

PROBE = """
import atexit as _atexit, ctypes, errno, gc, json as _json, os, signal, socket, stat, sys, threading, time
_found = {}
def probe(name, function):
    try:
        value = function()
    except BaseException as error:
        number = getattr(error, "errno", None)
        _found[name] = errno.errorcode.get(number, type(error).__name__)
    else:
        _found[name] = ["got", repr(value)[:300]]
_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
def call(number, *arguments):
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    value = _libc.syscall(ctypes.c_long(number), *wide)
    if value < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return value
def report():
    print("PROBES " + _json.dumps(_found), flush=True)
"""


@dataclass(frozen=True)
class Outcome:
    """A finished grade, what the submission's probes met, and whether anything outside it changed.

    `memory` is the largest process of the grade in MiB.
    """

    code: int
    verdict: dict[str, Any]
    text: str
    html: str
    seconds: float
    memory: int
    probes: dict[str, Any]
    harm: list[str] = field(default_factory=list)

    @property
    def state(self) -> str:
        return str(self.verdict["state"])

    @property
    def score(self) -> int:
        return int(self.verdict["score"])

    @property
    def problem(self) -> dict[str, Any]:
        return dict(self.verdict["problem"] or {})

    @property
    def lost(self) -> list[str]:
        return [point["id"] for point in self.verdict["points"] if point["status"] != "won"]

    def failures(self, point_id: str) -> str:
        """All texts that say why a point was lost."""
        point = next(point for point in self.verdict["points"] if point["id"] == point_id)
        return json.dumps([point["message"], point["got"], [exchange["error"] for exchange in point["exchanges"]]])

    def frames(self, point_id: str) -> list[str]:
        point = next(point for point in self.verdict["points"] if point["id"] == point_id)
        return [
            next((line["text"].strip() for line in frame["source"] if line["hit"]), "")
            for exchange in point["exchanges"]
            for frame in exchange["frames"]
        ]


def compose(case: dict[str, Any]) -> str:
    if "app" in case:
        return str(case["app"])
    source = SOLUTION.read_text(encoding="utf-8")
    if "users" in case:
        own = re.compile(r"^def list_users.*?return page\n", re.MULTILINE | re.DOTALL)
        source, count = own.subn(lambda _match: case["users"].strip("\n") + "\n", source)
        assert count == 1, "the solution's list_users was not found"
    source = str(case.get("before", "")) + source
    added = str(case.get("add", ""))
    return source + "\n\n" + (PROBE + added + "\nreport()\n" if "probe(" in added else added)


def put_files(case: dict[str, Any], submission: Path, places: dict[str, str]) -> None:
    submission.mkdir()
    for name, content in {"app.py": compose(case), **case.get("files", {})}.items():
        for place, real in places.items():
            content = content.replace(place, real) if isinstance(content, str) else content  # noqa: PLW2901
        path = submission / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


#: Starts a grade from a small process. A process that Python starts directly counts the memory of the one that started it
#: as its own until it becomes another program, and the kernel keeps the larger of the two numbers.
MEASURE = """
import os, sys
os.set_inheritable(int(sys.argv[1]), False)
process = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(process, 0)
code = os.waitstatus_to_exitcode(status)
os.write(int(sys.argv[1]), b"%d %d\\n" % (code, usage.ru_maxrss))
"""


def run(words: list[str], limit: float, **options: Any) -> tuple[int, bytes, bytes, float, int]:
    """Run a grade and return its exit code, both outputs, the seconds it took, and the most memory of a process in MiB."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as typed:
        typed.write(options.pop("typed"))
        typed.seek(0)
        started = time.monotonic()
        reading, writing = os.pipe()
        words = [sys.executable, "-I", "-S", "-c", MEASURE, str(writing), *words]
        with os.fdopen(reading) as measured:
            process = subprocess.Popen(
                words, stdin=typed, stdout=out, stderr=err, pass_fds=[writing], process_group=0, **options
            )
            os.close(writing)
            try:
                process.wait(limit)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                raise AssertionError(f"the grade did not end within {limit:g} s") from None
            seconds = time.monotonic() - started
            code, memory = map(int, measured.readline().split())
        out.seek(0)
        err.seek(0)
        return code, out.read(), err.read(), seconds, memory >> 10


def run_case(case: dict[str, Any], walls: str, folder: Path) -> Outcome:
    """Grade a case in `folder`, with a canary, servers and another process of the same user beside it."""
    canary, submission, outside, temporary = (folder / name for name in ("canary.txt", "submission", "outside", "t"))
    token = f"canary-{secrets.token_hex(8)}"
    canary.write_text(token)
    outside.mkdir()
    temporary.mkdir()
    start = ["-m", "gradewright"] if walls == "bubblewrap" else ["-c", WITHOUT_BUBBLEWRAP]
    profile = "screen" if walls == "bubblewrap" else "kata"
    exercise = scene.make_content(case, folder, ROOT, EXERCISE)
    words = [sys.executable, *start, *exercise, str(submission), "--json", "-o", str(outside / "report.html")]
    words += ["--profile", profile, *case.get("args", ("--request-limit", "1"))]
    environment = {**os.environ, "TMPDIR": str(temporary), "SECRET_TOKEN": token}
    sleeper = [sys.executable, "-c", "import time; time.sleep(300)"]
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(server) for server in scene.listen(folder)]
        bystander = stack.enter_context(subprocess.Popen(sleeper))
        stack.callback(bystander.kill)
        places = {
            "@CANARY@": str(canary),
            "@FOLDER@": str(folder),
            "@SUITE@": str(SUITE),
            "@PACKAGE@": str(PACKAGE),
            "@PORT@": str(servers[0].getsockname()[1]),
            "@UDP@": str(servers[1].getsockname()[1]),
            "@TOKEN@": folder.name,
            "@PID@": str(bystander.pid),
            "@QUEUE@": str(stack.enter_context(scene.message_queue())),
            "@MANY@": str(walls == "bubblewrap"),
        }
        put_files(case, submission, places)
        case.get("prepare", lambda *_: None)(submission, canary, SUITE)
        before = {path: scene.describe(path) for path in (canary, SUITE)}
        state = scene.state_of(bystander.pid)
        code, out, err, seconds, memory = run(
            words, case.get("limit", 200), cwd=outside, env=environment, typed=token.encode() + b"\n"
        )
        harm = [f"{path} was changed" for path, old in before.items() if scene.describe(path) != old]
        harm += [f"{server} was reached" for server in servers if scene.is_readable(server)]
        harm += ["a bystander was killed"] if bystander.poll() is not None else []
        harm += [] if harm or scene.state_of(bystander.pid) == state else ["a bystander was changed"]
    assert out, err.decode()
    harm += [f"{token} was read" for text in (out, err) if token.encode() in text]
    harm += [f"{word} is in the verdict" for word in SUITE_WORDS if word.encode() in out]
    harm += [f"{entry.name} was left behind" for entry in temporary.iterdir()] + scene.below(folder)
    harm += [f"{entry} appeared" for entry in outside.iterdir() if entry.name not in ("report.html", "report.json", ".grade")]
    verdict = json.loads(out)
    held = [layer["name"] for layer in verdict["isolation"] if layer["held"]]
    assert ("bubblewrap" in held) == (walls == "bubblewrap") or not held
    text = "\n".join(line for line, _style in lines(Verdict.model_validate(verdict), every_frame=True, verbose=True))
    html = (outside / "report.html").read_text(encoding="utf-8")
    return Outcome(code, verdict, text, html, seconds, memory, find_probes(verdict["output"]["text"]), harm)


def find_probes(output: str) -> dict[str, Any]:
    for line in output.splitlines():
        if line.startswith("PROBES "):
            return dict(json.loads(line.removeprefix("PROBES ")))
    return {}


def available_walls() -> list[str]:
    return ["bubblewrap", "bare"] if bubblewrap.works() else ["bare"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Grade every case behind each kind of walls that this machine can build."""
    if "walls" in metafunc.fixturenames:
        metafunc.parametrize("walls", available_walls(), scope="session")


@pytest.fixture(scope="session")
def grades(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Outcome]]]:
    """Start the grades of all collected cases, two at a time; a future by node id."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        started = {}
        for item in request.session.items:
            parameters = item.callspec.params if hasattr(item, "callspec") else {}
            if "case" in parameters and "walls" in parameters:
                folder = tmp_path_factory.mktemp(f"h{secrets.token_hex(3)}-")
                started[item.nodeid] = pool.submit(run_case, parameters["case"], parameters["walls"], folder)
        yield started
        for future in started.values():
            future.cancel()


@pytest.fixture
def outcome(request: pytest.FixtureRequest, grades: dict[str, Future[Outcome]], case: dict[str, Any], walls: str) -> Outcome:
    """The outcome of this test's case. Nothing outside the submission was touched, whatever it tried."""
    found = grades[request.node.nodeid].result(timeout=600)
    assert found.harm == []
    assert found.state != "grader_error", found.problem
    assert found.verdict["score"] == sum(point["score"] for point in found.verdict["points"])
    return found

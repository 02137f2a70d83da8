"""Nothing a submission says or patches in its own process becomes its verdict."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.hostile

STARTER = (Path(__file__).parents[2] / "starter/07-depends/app.py").read_text(encoding="utf-8")

#: Finds the control socket: a connected Unix stream among the inherited descriptors.
CONTROL = """
import json, os, socket, stat, struct, threading, time
def find_control():
    for number in range(3, 256):
        try:
            if not stat.S_ISSOCK(os.fstat(number).st_mode):
                continue
            sock = socket.socket(fileno=os.dup(number))
        except OSError:
            continue
        if not sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) and sock.family == socket.AF_UNIX:
            peer = sock.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE)
            if peer == socket.SOCK_STREAM:
                return sock
control = find_control()
assert control is not None
def say(*messages):
    for message in messages:
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        control.sendall(struct.pack(">I", len(body)) + body)
print("SAID", flush=True)
"""

FORGED_RECORDS = """
for test in ("test_real_region", "test_guard_refuses_and_lets_in"):
    say({"event": "outcome", "test": test, "point": "guard-only", "status": "passed", "checks": 1, "exchanges": []})
say({"event": "collected", "tests": []}, {"event": "configured", "layers": [], "versions": {}})
say({"event": "done", "problem": None, "fault": None, "app": "app:app", "notes": []}, {"event": "exited", "id": 1, "code": 0})
"""

#: Messages of a worker whose words are lies, of the wrong type, or of the wrong size; sent before the app is ready.
MESSAGES: dict[str, str] = {
    "forged records of the grader": FORGED_RECORDS,
    "ready before it is": 'say({"event": "ready"})',
    "settled for every call": 'for n in range(1, 200): say({"event": "settled", "call": n})',
    "replies to every command": 'for n in range(200): say({"reply": n, "value": {"token": 1, "found": 9}})',
    "replies of the wrong type": "for n in range(200): say({'reply': n, 'value': [5]}, {'reply': n, 'error': {'frames': 5}})",
    "stage of the wrong type": 'say({"event": "stage", "stage": 5, "notes": 7, "app": ["x"]})',
    "stage with deep notes": 'say(b\'{"event":"stage","notes":\' + b"[" * 900 + b"]" * 900 + b"}")',
    "exiting of the wrong type": 'say({"event": "exiting", "code": "x", "frames": 7})',
    "lone surrogates": 'say({"event": "stage", "stage": "import", "app": "\\ud800", "notes": ["\\udfff"]})',
    "settled without a number": 'say({"event": "settled", "call": []}, {"event": "settled", "call": {}})',
    "reply without a number": 'say({"reply": [], "value": 1}, {"reply": None}, {"reply": {}})',
    "twin without a name": 'say({"event": "twin", "id": 1, "name": [], "args": [], "kwargs": {}})',
    "unknown event": 'say({"event": "twin", "id": [], "name": 5}, {"event": None}, {})',
}

#: Problems that a worker may not invent, or not in this form. Each ends the grade as the submission's own failure.
PROBLEMS: dict[str, str] = {
    "grader's own kind": 'say({"event": "problem", "kind": "start_timeout"})',
    "name of a method": 'say({"event": "problem", "kind": "_init__"}, {"event": "problem", "kind": "line"})',
    "wrong types": 'say({"event": "problem", "kind": "no_app_file", "candidates": 5, "frames": 7, "syntax": 1, "ending": "x"})',
    "deep": 'say(b\'{"event":"problem","message":\' + b"[" * 900 + b"]" * 900 + b"}")',
    "3 MiB of text": 'say({"event": "problem", "kind": "import_error", "exception": "X", "message": "x" * 3_000_000})',
    "3 MiB of a name": 'say({"event": "problem", "kind": "no_app_file", "wanted": "x" * 3_000_000})',
    "surrogates": 'say({"event": "problem", "kind": "import_error", "exception": "\\ud800", "message": "\\udc00"})',
    "huge line numbers": 'say({"event": "problem", "frames": [{"file": "app.py", "line": 10 ** 4000, "function": 5}] * 999})',
}

#: What is not a message at all. The grader hangs up; the app is treated as gone.
GARBAGE: dict[str, str] = {
    "not JSON": 'say(b"\\xff\\xfe{")',
    "no object": "say(b'[1]')",
    "nested 100,000 deep": 'say(b"[" * 100_000 + b"]" * 100_000)',
    "5,000 digits": 'say(b\'{"event":\' + b"9" * 5000 + b"}")',
    "a length of 4 GiB": "control.sendall(b'\\xff\\xff\\xff\\xff')",
    "a flood": """
def flood():
    while True:
        say({"event": "x", "text": "y" * 1_000_000})
threading.Thread(target=flood, daemon=True).start()
""",
}


def cases(sources: dict[str, str], after: str = "") -> list[Any]:
    return [pytest.param({"app": STARTER + CONTROL + source + "\n" + after}, id=name) for name, source in sources.items()]


@pytest.mark.parametrize("case", cases(MESSAGES))
def test_forged_control_messages_earn_nothing(outcome: Any) -> None:
    assert "SAID" in outcome.verdict["output"]["text"]
    assert (outcome.state, outcome.score, outcome.code) == ("graded", 0, 1)
    assert outcome.seconds < 60


@pytest.mark.parametrize("case", cases(PROBLEMS, after="threading.Event().wait()\n"))
def test_invented_problem_ends_the_grade_as_the_submissions_own(outcome: Any) -> None:
    assert (outcome.state, outcome.score, outcome.code) == ("ungradable", 0, 3)
    assert outcome.problem["kind"] in ("import_error", "no_app_file")
    assert len(outcome.problem["exception"]) <= 3000
    assert len(json.dumps(outcome.problem)) <= 20_000
    assert outcome.seconds < 30


@pytest.mark.parametrize("case", cases(GARBAGE))
def test_garbage_on_the_control_socket_is_the_submissions_own_loss(outcome: Any) -> None:
    assert outcome.state in ("graded", "ungradable")
    assert outcome.score == 0
    assert outcome.code in (1, 3)
    assert outcome.seconds < 60


LOUD = "for _number in range(100):\n    say({'event': 'x', 'text': 'y' * 1_000_000})\n"


@pytest.mark.parametrize(
    "case",
    [
        pytest.param({"add": CONTROL + source, "args": ("--start-limit", "20")}, id=name)
        for name, source in {**{name: text for name, text in GARBAGE.items() if name != "a flood"}, "100 MB": LOUD}.items()
    ],
)
def test_who_sends_garbage_is_hung_up_on_at_once(outcome: Any) -> None:
    """Not at the end of some limit: what the grader cannot read it does not wait for."""
    assert (outcome.state, outcome.score) == ("ungradable", 0)
    assert outcome.problem.get("kind") == "ended_at_start"


OWN_PROCESS: dict[str, dict[str, Any]] = {
    "conftest, pytest.ini and pyproject": {
        "app": STARTER,
        "files": {
            "conftest.py": "def pytest_runtest_call(item):\n    item.obj = lambda *a: None\n",
            "pytest.ini": "[pytest]\naddopts = -p no:python --collect-only\n",
            "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "--version"\n',
            "test_app.py": "def test_all(): pass\n",
        },
    },
    "prints and files results": {
        "app": STARTER
        + """
import json, sys
verdict = {"format": "gradewright/verdict/v1", "state": "graded", "score": 11, "max_score": 11, "points": []}
for name in ("results.json", "verdict.json", "report.json", "junit.xml"):
    open(name, "w").write(json.dumps(verdict))
print(json.dumps(verdict), file=sys.stdout, flush=True)
print(json.dumps(verdict), file=sys.stderr, flush=True)
print("FULL MARKS  11/11 points")
""",
    },
    "patches pytest and httpx": {
        "app": STARTER
        + """
import httpx
import pytest
import _pytest.runner
httpx.Client.send = httpx.Client.request = lambda *a, **k: httpx.Response(200, json={"ok": True})
pytest.main = lambda *a, **k: 0
_pytest.runner.call_and_report = lambda *a, **k: None
print("PATCHED", flush=True)
""",
    },
    "patches the link and the edge": {
        "app": STARTER
        + """
import gc
for found in gc.get_objects():
    kind = type(found).__name__
    if kind == "Link":
        found.commands = {name: (lambda message: {"token": 1, "found": 1}) for name in ("override", "restore", "calls")}
        for number in range(500):
            found.send({"event": "settled", "call": number})
        print("PATCHED", flush=True)
""",
    },
    "patches uvicorn": {
        "app": STARTER
        + """
import uvicorn
from uvicorn.protocols.http import h11_impl, httptools_impl
h11_impl.H11Protocol.on_response_complete = lambda self: None
httptools_impl.HttpToolsProtocol.on_response_complete = lambda self: None
uvicorn.Server.on_tick = None
print("PATCHED", flush=True)
""",
    },
    "replies that equal everything": {
        "app": STARTER.replace('"skip": -1', '"skip": Same()')
        + """
class Same(int):
    __eq__ = lambda self, other: True
    __ne__ = lambda self, other: False
    __hash__ = int.__hash__
    __lt__ = __gt__ = __le__ = __ge__ = lambda self, other: True
""",
    },
}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in OWN_PROCESS.items()])
def test_tricks_in_its_own_process_earn_nothing(outcome: Any) -> None:
    assert outcome.score == 0
    assert outcome.code == (1 if outcome.state == "graded" else 3)
    assert outcome.seconds < 60


LEAVING: dict[str, str] = {
    "os._exit(0)": "import os\nos._exit(0)\n",
    "sys.exit(0)": "import sys\nsys.exit(0)\n",
    "exit by signal": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n",
    "exit by system call": "import ctypes\nctypes.CDLL(None).syscall(231, 0)\n",
}


@pytest.mark.parametrize("case", [pytest.param({"add": source}, id=name) for name, source in LEAVING.items()])
def test_leaving_at_import_is_ungradable(outcome: Any) -> None:
    assert (outcome.state, outcome.score, outcome.code) == ("ungradable", 0, 3)
    assert "during import" in outcome.problem["message"]
    assert outcome.seconds < 30


CHEAT = STARTER.replace(
    '    return {"region": "??", "skip": -1, "limit": -1}',
    "    found = app.dependency_overrides.get(get_region, lambda: 'eu')\n"
    "    return {'region': found(), 'skip': 0, 'limit': 10}",
)


@pytest.mark.parametrize("case", [{"app": CHEAT}], ids=["reads the override table"])
def test_reading_the_override_table_is_flagged_for_reviewers(outcome: Any) -> None:
    assert outcome.state == "graded"
    flag = outcome.verdict["flags"][0]
    line = next(number for number, text in enumerate(CHEAT.splitlines(), 1) if "dependency_overrides" in text)
    assert (flag["kind"], flag["where"]) == ("dependency_overrides", f"app.py:{line}")
    # Whoever looks the override up by hand can show its value; what rests on it is at most this one point.
    assert {"shared-logic", "runs-first", "guard-only", "per-request", "params-surface"} <= set(outcome.lost)

"""Bombs cost the submission its points, never the machine, and end in bounded time."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.hostile

#: What GET /users does; every other point is still won, and the message says what happened.
HANDLERS: dict[str, tuple[str, list[str], str]] = {
    "memory": (
        "def list_users(page: Page):\n    return len([bytearray(50_000_000) for _ in range(200)])\n",
        ["MemoryError"],
        "return len([bytearray(50_000_000) for _ in range(200)])",
    ),
    "while True": (
        "async def list_users(page: Page):\n    while True:\n        pass\n",
        ["no reply within 1 s: the event loop is blocked"],
        "",
    ),
    "while True in a thread": ("def list_users(page: Page):\n    while True:\n        pass\n", ["no reply within 1 s"], ""),
    "blocking sleep": (
        "async def list_users(page: Page):\n    import time\n    time.sleep(60)\n",
        ["no reply within 1 s: the event loop is blocked"],
        "time.sleep(60)",
    ),
    "waits for ever": (
        "async def list_users(page: Page):\n    import asyncio\n    await asyncio.Event().wait()\n",
        ["no reply within 1 s"],
        "await asyncio.Event().wait()",
    ),
    "regular expression": (
        "async def list_users(page: Page):\n    import re\n    re.match(r'(a+)+$', 'a' * 64 + 'b')\n",
        ["no reply within 1 s: the event loop is blocked"],
        "re.match(r'(a+)+$', 'a' * 64 + 'b')",
    ),
    "big integer": (
        "async def list_users(page: Page):\n    return 7 ** 10 ** 8 % 10\n",
        ["no reply within 1 s"],
        "",
    ),
    "crash in C code": (
        "def list_users(page: Page):\n    import ctypes\n    ctypes.string_at(0)\n",
        ["the server died: a crash in C code (signal 11)"],
        "",
    ),
    "os._exit": (
        "def list_users(page: Page):\n    import os\n    os._exit(0)\n",
        ["the server died: exit code 0"],
        "os._exit(0)",
    ),
    "os.abort": ("def list_users(page: Page):\n    import os\n    os.abort()\n", ["the server died: signal 6"], ""),
    "recursion in C": (
        "def list_users(page: Page):\n    import sys\n    sys.setrecursionlimit(10**9)\n    f = lambda: f()\n    f()\n",
        ["the server died", "MemoryError", "RecursionError", "no reply within 1 s"],
        "",
    ),
    "background task that never ends": (
        """
def list_users(page: Page, tasks: BackgroundTasks):
    tasks.add_task(stay)
    return page


async def stay():
    import asyncio
    await asyncio.sleep(1000)
""",
        ["a background task or cleanup is still running"],
        "await asyncio.sleep(1000)",
    ),
    "cleanup that never ends": (
        "def list_users(page: Page, _held: Annotated[None, Depends(held)]):\n    return page\n\n\n",
        ["a background task or cleanup is still running", "no reply within 1 s"],
        "",
    ),
    "descriptors": (
        "def list_users(page: Page):\n    return len([open('app.py') for _ in range(1000)])\n",
        ["Too many open files", "no reply", "the server died", "the reply is not complete"],
        "",
    ),
}
HELD = "\n\nasync def held():\n    import asyncio\n    yield\n    await asyncio.sleep(1000)\n"


def handler_case(users: str, name: str) -> dict[str, Any]:
    users = users.replace("tasks: BackgroundTasks", "tasks: 'BackgroundTasks'")
    before = "from fastapi import BackgroundTasks\n" if "BackgroundTasks" in users else ""
    if name == "cleanup that never ends":
        # The dependency must exist before the route that names it.
        return {"users": users.replace("Depends(held)", "Depends(__import__('held').held)"), "files": {"held.py": HELD}}
    case = {"users": users, "before": before}
    if name == "background task that never ends":
        return {**case, "args": ("--request-limit", "1", "--total-limit", "20")}
    # Filling a gibibyte takes a while.
    return {**case, "args": ("--request-limit", "8")} if name == "memory" else case


@pytest.mark.parametrize(
    ("case", "says", "line"),
    [pytest.param(handler_case(users, name), says, line, id=name) for name, (users, says, line) in HANDLERS.items()],
)
def test_bomb_in_one_handler_loses_its_own_point_only(outcome: Any, says: list[str], line: str) -> None:
    assert (outcome.state, outcome.code) == ("graded", 1)
    assert outcome.lost == ["shared-logic"]
    told = outcome.failures("shared-logic")
    assert any(text in told for text in says), told
    assert line in outcome.frames("shared-logic") or not line
    assert outcome.seconds < 60


IMPORTS: dict[str, tuple[str, set[str]]] = {
    "memory at once": ("x = bytearray(20 << 30)\n", {"limit"}),
    "memory in pieces": ("x = []\nwhile True:\n    x.append(bytearray(10_000_000))\n", {"limit"}),
    "memory by mmap": ("import mmap\nx = [mmap.mmap(-1, 1 << 28) for _ in range(100)]\n", {"limit", "ungradable"}),
    "threads": (
        "import threading\nwhile True:\n    threading.Thread(target=threading.Event().wait, daemon=True).start()\n",
        {"limit", "ungradable"},
    ),
    "descriptors": ("import os\nx = []\nwhile True:\n    x.append(os.dup(1))\n", {"ungradable"}),
    "processes": ("import os\nwhile True:\n    os.fork()\n", {"ungradable"}),
    "one endless file": ("with open('x', 'wb') as f:\n    while True:\n        f.write(b'x' * 1_000_000)\n", {"ungradable"}),
    "sparse file": ("with open('x', 'wb') as f:\n    f.truncate(1 << 40)\n", {"ungradable"}),
    "deep folders": (
        "import os\nwhile True:\n    os.mkdir('d')\n    os.chdir('d')\n    open('f', 'w').close()\n",
        {"ungradable"},
    ),
    "crash in C code": ("import ctypes\nctypes.string_at(0)\n", {"ungradable"}),
    "stack": (
        "import sys, threading\nsys.setrecursionlimit(10**9)\nclass A:\n    def __repr__(self): return repr(self)\nrepr(A())\n",
        {"ungradable", "limit"},
    ),
}


@pytest.mark.parametrize(
    ("case", "states"),
    [
        pytest.param({"add": source, "args": ("--start-limit", "5")}, states, id=name)
        for name, (source, states) in IMPORTS.items()
    ],
)
def test_bomb_at_import_is_named_and_ends_the_grade(outcome: Any, states: set[str]) -> None:
    assert outcome.state in states
    assert outcome.code == {"limit": 5, "ungradable": 3}[outcome.state]
    assert outcome.score == 0
    assert outcome.problem["message"]
    assert outcome.problem["where"].startswith("app.py:") or outcome.problem["kind"] == "ended_at_start"
    assert outcome.seconds < 40


FILL = """
def fill(folder, files, size):
    for number in range(files):
        try:
            with open(os.path.join(folder, f"f{number}"), "wb") as file:
                file.write(b"x" * size)
        except OSError as error:
            return number, errno.errorcode[error.errno]
    return files, "all"
probe("one file", lambda: fill(os.environ["TMPDIR"], 1, 17 << 20))
if @MANY@:
    probe("submission", lambda: fill(".", 20, 15 << 20))
    probe("scratch", lambda: fill(os.environ["TMPDIR"], 40, 15 << 20))
"""


@pytest.mark.parametrize("case", [{"add": FILL}], ids=["large files"])
def test_disk_that_a_submission_may_fill_is_bounded(outcome: Any, walls: str) -> None:
    assert (outcome.state, outcome.score) == ("graded", 11)
    assert outcome.probes["one file"] == ["got", "(0, 'EFBIG')"]
    # The sum of all files is bounded where bubblewrap gives a file system of a fixed size; elsewhere the layer list says so.
    if walls == "bubblewrap":
        assert outcome.probes["submission"] == ["got", "(4, 'ENOSPC')"]
        assert outcome.probes["scratch"] == ["got", "(17, 'ENOSPC')"]


BUSY: dict[str, str] = {
    "spins in a thread": """
import threading
def spin():
    while True:
        pass
threading.Thread(target=spin, daemon=True).start()
""",
    "starts as many threads as it can": """
import threading
try:
    while True:
        threading.Thread(target=threading.Event().wait, daemon=True).start()
except (RuntimeError, MemoryError):
    pass
""",
}


@pytest.mark.parametrize("case", [pytest.param({"add": source}, id=name) for name, source in BUSY.items()])
def test_busy_process_is_graded_in_bounded_time(outcome: Any) -> None:
    assert outcome.state in ("graded", "limit", "ungradable")
    assert outcome.seconds < 90


CPU = """
import signal
signal.signal(signal.SIGXCPU, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
while True:
    pass
"""


@pytest.mark.parametrize(
    "case", [{"add": CPU, "args": ("--start-limit", "150", "--total-limit", "170")}], ids=["ignores SIGXCPU and SIGTERM"]
)
def test_processor_time_is_limited_even_if_the_signal_is_ignored(outcome: Any) -> None:
    assert outcome.state in ("ungradable", "limit")
    assert outcome.score == 0
    assert outcome.problem["kind"] == "ended_at_start"
    assert outcome.seconds < 150

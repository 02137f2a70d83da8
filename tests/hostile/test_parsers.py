"""Whatever of a submission the grader's side reads (stacks, files, databases, logs, requests, outcomes) may be made up."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.hostile

#: The file that faulthandler writes to is in the hands of the submission, and is read when its interpreter hangs.
FAULTS = """
import os, stat
def forge(text):
    for number in range(3, 64):
        try:
            if stat.S_ISREG(os.fstat(number).st_mode):
                os.pwrite(number, text, 0)
        except OSError:
            pass
def hang():
    import re
    re.match(r'(a+)+$', 'a' * 64 + 'b')
"""
STACK = "'  File \"' + os.path.realpath('app.py') + '\", line {line} in {function}\\n'"
FORGED: dict[str, str] = {
    "lines that are not there": STACK.format(line=9_999_999, function="f"),
    "lines beyond any number": STACK.format(line="9" * 5000, function="f"),
    "markup and control characters": STACK.format(line=1, function="<script>\\x1b[2J\\u202e"),
    "a file of the grader": "'  File \"@SUITE@\", line 1 in f\\n'",
    "no text": "'\\udcff\\x00'",
    "very many": f"({STACK.format(line=1, function='f')}) * 9000",
    "one long line": "'  File \"' + 'x' * 10_000_000",
}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            {
                "before": FAULTS,
                "users": "async def list_users(page: Page):\n"
                f"    forge(({text}).encode('utf-8', 'surrogateescape'))\n    hang()\n",
            },
            id=name,
        )
        for name, text in FORGED.items()
    ],
)
def test_forged_stack_explains_nothing_and_breaks_nothing(outcome: Any) -> None:
    assert (outcome.state, outcome.code) == ("graded", 1)
    assert outcome.lost == ["shared-logic"]
    assert "no reply within 1 s" in outcome.failures("shared-logic")
    assert "<script>" not in outcome.html
    assert outcome.seconds < 60


INSPECTED = """
    from gradewright.suite import point

    @point("rows")
    def test_rows(app, client, expect, nonce):
        client.post("/leave")
        with app.inspect() as inside:
            expect.equal([["fine"]], inside.query("made.db", "SELECT value FROM notes ORDER BY value"), "One row.")

    @point("file")
    def test_file(app, client, expect):
        client.post("/leave")
        with app.inspect() as inside:
            expect.equal("fine", inside.read("made.txt").decode(errors="replace"), "The file.")
            expect.that(len(inside.files()) < 10_000, "Files.", got="many")
"""
LEAVING = """
import os, sqlite3
from pathlib import Path
from fastapi import FastAPI
app = FastAPI()
def database(*statements, rows=()):
    if os.path.lexists("made.db"):
        return
    made = sqlite3.connect("made.db")
    for statement in statements:
        made.execute(statement)
    for row in rows:
        made.execute("INSERT INTO notes VALUES (?)", [row])
    made.commit()
@app.post("/leave")
def leave():
    {leave}
"""
ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS value FROM c"
ARTEFACTS: dict[str, str] = {
    "nothing": "pass",
    "endless view": f"database('CREATE VIEW notes AS {ENDLESS}')",
    "view of gigabytes": "database('CREATE VIEW notes AS SELECT hex(zeroblob(900000000)) AS value')",
    "many large cells": "database('CREATE TABLE notes (value)', rows=['x' * 5000] * 3000)",
    "blobs and numbers": "database('CREATE TABLE notes (value)', rows=[b'\\xff' * 9000, 1e999, -(1 << 63), None, '\\x1b[2J'])",
    "text that is no UTF-8": "database('CREATE TABLE notes (value)', \"INSERT INTO notes VALUES (CAST(x'fffe' AS TEXT))\")",
    "noise": "Path('made.db').write_bytes(b'SQLite format 3\\0' + os.urandom(50_000))",
    "large noise": "[Path(name).write_bytes(b'x' * 15_000_000) for name in ('made.db', 'made.txt', 'made.db-wal')]",
    "links": "[os.path.lexists(name) or os.symlink('@CANARY@', name) for name in ('made.db', 'made.txt', 'made.db-wal')]",
    "folders": "[os.makedirs(name, exist_ok=True) for name in ('made.db', 'made.txt')]",
    "20,000 files": "[Path(f'f{number}').touch() for number in range(20_000)]",
    "deep folders": "[os.makedirs('/'.join('d' * 200) + f'/{number}', exist_ok=True) for number in range(9)]",
    "names": "[Path(os.fsdecode(name)).touch() for name in (b'\\xff.txt', b'\\x1b[2J', '\\u202e.txt'.encode())]",
}  # fmt: skip


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            {"suite": INSPECTED, "app": LEAVING.format(leave=leave), "args": ("--request-limit", "5", "--total-limit", "50")},
            id=name,
        )
        for name, leave in ARTEFACTS.items()
    ],
)
def test_hostile_artefact_loses_its_points(outcome: Any) -> None:
    assert (outcome.state, outcome.code, outcome.score) == ("graded", 1, 0), outcome.problem
    assert outcome.seconds < 45


OUTCOMES = """
    from gradewright.suite import point

    @point("tests")
    def test_green_and_red(app, expect):
        good = app.run_tests("tests", seconds=5)
        expect.equal({"tests/test_own.py::test_two": "passed"}, good, "Green on a right target.")
        red = app.run_tests("tests", files={"target.py": "def two():\\n    return 3\\n"}, seconds=5)
        expect.equal({"tests/test_own.py::test_two": "failed"}, red, "Red on a wrong one.")
"""
CONFTEST = """
import json, os, socket, stat, struct
def say(message):
    for number in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                sock = socket.socket(fileno=os.dup(number))
                if not sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    body = json.dumps(message).encode()
                    sock.sendall(struct.pack(">I", len(body)) + body)
        except OSError:
            pass
{what}
"""
SAYING: dict[str, str] = {
    "always green": "say({'event': 'tests', 'code': 0, 'outcomes': {'tests/test_own.py::test_two': 'passed'}})\nos._exit(0)",
    "no shape": "say({'event': 'tests', 'code': [], 'outcomes': [5]})\nos._exit(0)",
    "3 MB": "say({'event': 'tests', 'outcomes': {'x' * 3_000_000: ['y']}})\nos._exit(0)",
    "surrogates": "say({'event': 'tests', 'outcomes': {'\\ud800': '\\udc00'}})\nos._exit(0)",
    "nothing": "os._exit(0)",
    "never ends": "import time\ntime.sleep(1000)",
    "patches its reports": "from _pytest.reports import TestReport as R\nR.outcome = property(lambda s: 'passed', print)",
}  # fmt: skip


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            {
                "suite": OUTCOMES,
                "app": "from fastapi import FastAPI\napp = FastAPI()\n",
                "files": {
                    "target.py": "def two():\n    return 2\n",
                    "tests/test_own.py": "from target import two\ndef test_two():\n    assert two() == 2\n",
                    "tests/conftest.py": CONFTEST.format(what=what),
                },
                "args": ("--total-limit", "40"),
            },
            id=name,
        )
        for name, what in SAYING.items()
    ],
)
def test_outcomes_that_are_made_up_do_not_tell_right_from_wrong(outcome: Any) -> None:
    assert (outcome.state, outcome.code, outcome.score) == ("graded", 1, 0), outcome.problem
    assert outcome.seconds < 45


FIND = """
LONG = b"POST / HTTP/1.1\\r\\ncontent-length: 8000000\\r\\n\\r\\n"
SET = b"*3\\r\\n$3\\r\\nSET\\r\\n$1\\r\\n%d\\r\\n$100000000\\r\\n"
def sets():
    for number in range(6):
        yield from (SET % number, *[bytes(10_000_000)] * 10, b"\\r\\n")
def port():
    for number in range(1024, 65536):
        try:
            return socket.create_connection(("127.0.0.1", number), 1).close() or number
        except PermissionError:
            pass
def upstream(*parts, times=1):
    place = port()
    for _number in range(times):
        with socket.create_connection(("127.0.0.1", place), 3) as sock:
            for part in parts:
                sock.sendall(part)
            sock.recv(100)
"""
REQUESTS: dict[str, tuple[str, str]] = {
    "no HTTP": ("upstream", "upstream(b'\\xff\\xfe\\r\\n\\r\\n')"),
    "bad length": ("upstream", "upstream(b'POST / HTTP/1.1\\r\\ncontent-length: x\\r\\n\\r\\n')"),
    "negative length": ("upstream", "upstream(b'POST / HTTP/1.1\\r\\ncontent-length: -5\\r\\n\\r\\n')"),
    "endless headers": ("upstream", "upstream(b'GET / HTTP/1.1\\r\\n', *[b'x: ' + b'y' * 60_000 + b'\\r\\n'] * 200)"),
    "upstream 600 MB": ("upstream", "upstream(LONG + bytes(8_000_000), times=75)"),
    "Redis 600 MB": ("redis", "upstream(*sets())"),
    "no Redis": ("redis", "upstream(b'*2147483647\\r\\n$-5\\r\\n\\xff')"),
}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            {"add": f"{FIND}\nprobe('sent', lambda: {text})\n", "grants": [grant], "args": ("--start-limit", "25")}, id=name
        )
        for name, (grant, text) in REQUESTS.items()
    ],
)
def test_services_of_the_grader_survive_what_they_are_sent(outcome: Any) -> None:
    assert (outcome.state, outcome.score) == ("graded", 11)
    assert outcome.memory < 250
    assert outcome.seconds < 45

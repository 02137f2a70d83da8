"""What a submission says reaches people escaped, stripped, cut and well-formed, wherever it says it."""

from __future__ import annotations

import html.parser
import json
from typing import Any

import pytest

pytestmark = pytest.mark.hostile

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"
#: Clears the screen, sets the window's title, links, colours, moves text from right to left, rings the bell, hides letters.
TERMINAL = "\\x1b[2J\\x1b]0;owned\\x07\\x1b]8;;http://evil\\x1b\\\\\\x9b31m\\u202egnissap\\u2066\\u200b\\x07\\x08\\r"
BOTH = SCRIPT + TERMINAL

#: Where it is said → the whole submission that says it there.
PLACES: dict[str, dict[str, Any]] = {
    "body": {"users": f'def list_users(page: Page):\n    return {{"skip": "{BOTH}", "limit": ["{BOTH}"]}}\n'},
    "key": {"users": f'def list_users(page: Page):\n    return {{"{BOTH}": 1}}\n'},
    "text body": {
        "users": "def list_users(page: Page):\n    from fastapi import Response\n"
        f'    return Response("{BOTH}", media_type="text/html")\n'
    },
    "content type": {
        "users": "def list_users(page: Page):\n    from fastapi import Response\n"
        f'    return Response("x", headers={{"content-type": "{SCRIPT}\\x1b[2J\\x9b"}})\n'
    },
    "exception": {"users": f'def list_users(page: Page):\n    raise ValueError("{BOTH}")\n'},
    "exception's name": {
        "users": f'def list_users(page: Page):\n    raise type("{SCRIPT}\\x1b[2J\\u202e", (Exception,), {{}})("x")\n'
    },
    "source line": {
        "users": f'def list_users(page: Page):\n    raise ValueError("<script>alert(1)</script>\x1b[2J\u202e")  # {SCRIPT}\n'
    },
    "function's name": {
        "add": f'def f():\n    raise ValueError\nf.__code__ = f.__code__.replace(co_name="{BOTH}")\n'
        "import fastapi\n@app.middleware('http')\nasync def m(request, call_next):\n    f()\n"
    },
    "output": {"add": f'print("{BOTH}", flush=True)\nimport sys\nprint("{BOTH}", file=sys.stderr, flush=True)\n'},
    "exception at import": {"add": f'raise ValueError("{BOTH}")\n'},
    "missing module": {"add": f'raise ModuleNotFoundError("{BOTH}", name="{BOTH}")\n'},
    "exit code": {"add": f'raise SystemExit("{BOTH}")\n'},
    "app's type": {"add": f'app = type("{BOTH}", (), {{}})()\n'},
    "app's name": {"add": f'globals()["{BOTH}"] = app\ndel app\n'},
    "file name": {
        "add": "import importlib\nimportlib.import_module('a<script>alert(1)<script>b')\n",
        "files": {"a<script>alert(1)<script>b.py": "1 / 0\n"},
    },
    "name of a skipped file": {"add": "", "files": {"x\x1b[2J\u202e<script>alert(1)<script>.txt": "x", "y\udcff.txt": "x"}},
    "title": {"before": "", "add": f'app.title = "{BOTH}"\napp.description = "{BOTH}"\n'},
    "override flag": {"add": f"# dependency_overrides {SCRIPT}\x1b[2J\n"},
}
FORBIDDEN = ["\x1b", "\x9b", "\x07", "\x08", "\u202e", "\u2066"]


class Tags(html.parser.HTMLParser):
    """Collects what a browser would run: script elements and on… attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.handlers: list[str] = []
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._script = tag == "script"
        self.handlers += [f"{tag} {name}={value}" for name, value in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        if self._script:
            self.scripts.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._script = self._script and tag != "script"


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in PLACES.items()])
def test_what_a_submission_says_is_harmless_to_those_who_read_it(outcome: Any) -> None:
    assert outcome.state in ("graded", "ungradable")
    shown = [character for character in FORBIDDEN if character in outcome.text]
    assert shown == []
    in_page = [character for character in ("\x1b", "\x9b", "\x07", "\x08", "\0") if character in outcome.html]
    assert in_page == []
    tags = Tags()
    tags.feed(outcome.html)
    assert not [script for script in tags.scripts if "alert(1)" in script]
    assert not [handler for handler in tags.handlers if "alert(1)" in handler]
    # Should something of it get through, the page still runs nothing and asks nobody for anything.
    assert "content=\"default-src 'none'; style-src 'sha256-" in outcome.html
    assert "script-src" not in outcome.html
    json.dumps(outcome.verdict, ensure_ascii=False).encode()


VOLUME = 'import sys\nfor _ in range(1500):\n    sys.stdout.write("x" * 65_535 + "\\n")\nprint("the last line", flush=True)\n'


@pytest.mark.parametrize("case", [{"add": 'print("the first line")\n' + VOLUME}], ids=["100 MB of output"])
def test_output_is_drained_and_its_head_and_tail_are_kept(outcome: Any) -> None:
    assert (outcome.state, outcome.score) == ("graded", 11)
    output = outcome.verdict["output"]
    assert output["size"] > 98_000_000
    assert output["cut"]
    assert output["text"].startswith("the first line")
    assert "the last line" in output["text"][-60_000:]
    assert len(output["text"]) < 200_000
    assert outcome.memory < 100
    assert outcome.seconds < 60


ENDLESS = """
import os, threading
def talk():
    while True:
        os.write(1, b"y" * 65536)
threading.Thread(target=talk, daemon=True).start()
"""


@pytest.mark.parametrize("case", [{"add": ENDLESS}], ids=["endless output"])
def test_endless_output_does_not_hold_up_the_grade(outcome: Any) -> None:
    assert outcome.state == "graded"
    assert outcome.verdict["output"]["cut"]
    assert outcome.seconds < 60


BYTES = "import os\nos.write(1, b'\\xff\\xfe\\x00 \\xed\\xa0\\x80 caf\\xe9 done\\n')\n"


@pytest.mark.parametrize("case", [{"add": BYTES}], ids=["invalid UTF-8 and NUL"])
def test_output_that_is_not_text_is_decoded_with_replacement(outcome: Any) -> None:
    assert (outcome.state, outcome.score) == ("graded", 11)
    assert "caf\ufffd done" in outcome.verdict["output"]["text"]
    assert "\0" not in outcome.html

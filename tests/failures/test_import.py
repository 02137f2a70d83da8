"""An app that cannot be imported is told by the learner's own line, with something to try."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.engine

APP = "from fastapi import FastAPI\n\napp = FastAPI()\n"

CASES: dict[str, dict[str, Any]] = {
    "syntax error": {
        "files": {"app.py": "from fastapi import FastAPI\napp = FastAPI(\n"},
        "kind": "syntax_error",
        "where": "app.py:2",
        "says": ["not valid Python", "'(' was never closed"],
        "tries": "python -m py_compile app.py",
    },
    "syntax error in a helper": {
        "files": {"app.py": "import helper\n" + APP, "helper.py": "def f():\nreturn 1\n"},
        "kind": "syntax_error",
        "where": "helper.py:2",
        "says": ["helper.py is not valid Python", "expected an indented block"],
        "tries": "python -m py_compile helper.py",
    },
    "helper that raises": {
        "files": {"app.py": "import helper\n" + APP, "helper.py": 'import os\nURL = os.environ["DATABASE_URL"]\n'},
        "kind": "import_error",
        "where": "helper.py:2",
        "says": ["KeyError: 'DATABASE_URL'"],
        "tries": "python -c 'import app'",
    },
    "exception that cannot be encoded": {
        "files": {"app.py": 'raise ValueError("caf\\ud800")\n'},
        "kind": "import_error",
        "where": "app.py:1",
        "says": ["ValueError: caf?"],
        "tries": "python -c 'import app'",
    },
    "third-party module missing": {
        "files": {"app.py": "import numpyish\n" + APP},
        "kind": "module_not_found",
        "where": "app.py:1",
        "says": ["numpyish", "neither in your folder nor installed", "never installed for a submission"],
        "tries": "pip list",
    },
    "own module misspelt": {
        "files": {"app.py": "from dep import region\n" + APP, "deps.py": 'region = "eu"\n'},
        "kind": "module_not_found",
        "where": "app.py:1",
        "says": ["imports dep,"],
        "tries": "from deps import",
    },
    "own module one folder down": {
        "files": {"app.py": "import deps\n" + APP, "core/deps.py": 'region = "eu"\n'},
        "kind": "module_not_found",
        "where": "app.py:1",
        "says": ["imports deps,"],
        "tries": "from core.deps import",
    },
    "circular import": {
        "files": {"app.py": "import deps\n" + APP, "deps.py": "from app import app\n"},
        "kind": "circular_import",
        "where": "deps.py:1",
        "says": ["app.py → deps.py", "cannot import name 'app'"],
        "tries": "from shared import",
    },
    "relative import": {
        "files": {"app.py": "from .deps import region\n" + APP, "deps.py": 'region = "eu"\n'},
        "kind": "relative_import",
        "where": "app.py:1",
        "says": ["the dot has nothing to refer to"],
        "tries": "from deps import region",
    },
    "wrong encoding": {
        "files": {"app.py": b'from fastapi import FastAPI\nNAME = "caf\xe9"\napp = FastAPI(title=NAME)\n'},
        "kind": "syntax_error",
        "where": "app.py:2",
        "says": ["utf-8"],
        "tries": "python -m py_compile app.py",
    },
    "UTF-16": {
        "files": {"app.py": APP.encode("utf-16")},
        "kind": "syntax_error",
        "where": "app.py:1",
        "says": ["not valid Python", "UTF-16"],
        "tries": "iconv",
    },
    "input()": {
        "files": {"app.py": APP + 'name = input("name? ")\n'},
        "kind": "input_at_import",
        "where": "app.py:4",
        "says": ["calls input()", "nobody is there to answer"],
        "tries": "os.environ",
    },
    "sys.exit()": {
        "files": {"app.py": "import sys\n" + APP + "sys.exit()\n"},
        "kind": "exit_at_import",
        "where": "app.py:5",
        "says": ["exited during import"],
        "tries": 'if __name__ == "__main__": sys.exit()',
    },
    "os._exit(0)": {
        "files": {"app.py": "import os\n" + APP + "os._exit(0)\n"},
        "kind": "ended_at_start",
        "where": "app.py:5",
        "says": ["exited during import", "exit code 0"],
        "tries": 'if __name__ == "__main__": os._exit(0)',
    },
    "subprocess": {
        "files": {"app.py": "import subprocess\n" + APP + 'subprocess.run(["ls"])\n'},
        "kind": "not_allowed",
        "where": "app.py:5",
        "says": ["may not do here", "Operation not permitted"],
        "tries": "def main()",
    },
    "multiprocessing": {
        "files": {"app.py": "import multiprocessing\n" + APP + "multiprocessing.Process(target=print).start()\n"},
        "kind": "not_allowed",
        "where": "app.py:5",
        "says": ["may not do here"],
        "tries": "def main()",
    },
    "network": {
        "files": {"app.py": "import socket\n" + APP + 'socket.create_connection(("127.0.0.1", 9))\n'},
        "kind": "not_allowed",
        "where": "app.py:5",
        "says": ["may not do here", "network connections"],
        "tries": "def main()",
    },
    "crash in C code": {
        "files": {"app.py": "import ctypes\n" + APP + "ctypes.string_at(0)\n"},
        "kind": "ended_at_start",
        "where": "app.py:5",
        "says": ["crash in C code (signal 11)"],
        "tries": "def main()",
    },
}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_failure_is_told_by_the_learners_own_line(case: dict[str, Any], graded: Any) -> None:
    assert (graded.code, graded.verdict["state"], graded.verdict["score"]) == (3, "ungradable", 0)
    problem = graded.problem
    assert (problem["kind"], problem["where"]) == (case["kind"], case["where"])
    for text in case["says"]:
        assert text in problem["message"] + problem["exception"]
        assert text in graded.text
    assert case["where"] in graded.text
    assert case["tries"] in problem["try"]
    assert case["tries"] in graded.text
    assert all(point["status"] == "not_run" for point in graded.verdict["points"])
    graded.shows_nothing_of_ours()
    assert graded.seconds < 20


def test_terminal_text_names_line_cause_and_remedy(grade_text: Any) -> None:
    code, text = grade_text({"app.py": "import helper\n" + APP, "helper.py": "VALUE = 1 / 0\n"}, "--no-report")
    assert code == 3
    told = text.splitlines()
    assert told[0].startswith("UNGRADABLE  app.py could not be imported.")
    assert [line.strip() for line in told[1:3]] == ["helper.py:1   VALUE = 1 / 0", "ZeroDivisionError: division by zero"]
    assert told[3].split() == ["try", "python", "-c", "'import", "app'"]
    assert "Traceback" not in text

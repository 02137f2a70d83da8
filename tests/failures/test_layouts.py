"""Where the app is found, what is taken in its place with a remark, and what is asked when it is not clear."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.engine

SOURCE = (Path(__file__).parents[2] / "graders/07-depends/solutions/annotated/app.py").read_text(encoding="utf-8")
RENAMED = SOURCE.replace("app = FastAPI()", "application = FastAPI()").replace("@app.", "@application.")
FACTORY = (
    SOURCE.replace("app = FastAPI()\n", "")
    .replace("@app.get", "@router.get")
    .replace("runs = 0\n", "runs = 0\nrouter = APIRouter()\n")
    .replace("import Depends", "import APIRouter, Depends")
    + "\n\ndef create_app() -> FastAPI:\n    made = FastAPI()\n    made.include_router(router)\n    return made\n"
)

WORKS: dict[str, dict[str, Any]] = {
    "main.py": {
        "files": {"main.py": SOURCE},
        "app": "main:app",
        "note": "app.py is missing, so main.py was taken",
    },
    "application": {
        "files": {"app.py": RENAMED},
        "app": "app:application",
        "note": "there is no `app`, so `application` was taken",
    },
    "main.py with application": {
        "files": {"main.py": RENAMED},
        "app": "main:application",
        "note": "there is no `app`, so `application` was taken",
    },
    "--app": {"files": {"one.py": SOURCE, "two.py": "x = 1\n"}, "args": ["--app", "one:app"], "app": "one:app", "note": ""},
    "factory": {
        "files": {"app.py": FACTORY},
        "app": "app:create_app()",
        "note": "there is no `app`, so `create_app()` was called",
    },
    "package with the app in main": {
        "files": {"app/__init__.py": "", "app/main.py": SOURCE},
        "app": "app.main:app",
        "note": "",
    },
    "folder app without __init__": {"files": {"app/main.py": SOURCE}, "app": "app.main:app", "note": ""},
    "package with relative imports": {
        "files": {
            "app/__init__.py": "from .main import app\n",
            "app/main.py": SOURCE.replace("runs = 0\n", "runs = 0\nfrom .names import EU\n").replace('"eu"', "EU"),
            "app/names.py": 'EU = "eu"\n',
        },
        "app": "app:app",
        "note": "",
    },
    "own json.py": {
        "files": {"app.py": SOURCE, "json.py": "raise SystemExit(7)\n"},
        "app": "app:app",
        "note": "json in your folder has the name of an installed module; the installed one was used",
    },
    "own fastapi.py that is not needed": {
        "files": {"app.py": SOURCE, "fastapi.py": "class FastAPI: pass\n"},
        "app": "app:app",
        "note": "fastapi in your folder has the name of an installed module; the installed one was used",
    },
    "working directory changed": {
        "files": {"app.py": "import os\n" + SOURCE + "\nos.chdir('sub')\n", "sub/data.txt": "x"},
        "app": "app:app",
        "note": "",
    },
    "sys.path, sys.modules and stdout replaced": {
        "files": {
            "app.py": SOURCE
            + "\nimport io, os, sys\nsys.path.clear()\nsys.stdout = io.StringIO()\nsys.modules.pop('json', None)\n"
            + "os.environ.clear()\n"
        },
        "app": "app:app",
        "note": "",
    },
}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in WORKS.items()])
def test_layout_is_found_and_earns_full_marks(case: dict[str, Any], graded: Any) -> None:
    assert (graded.code, graded.verdict["state"], graded.verdict["score"]) == (0, "graded", 11), graded.text
    assert graded.verdict["app"] == case["app"]
    assert case["note"] in graded.verdict["notes"] or not case["note"]
    assert case["note"] in graded.text
    graded.shows_nothing_of_ours()


ASKS: dict[str, dict[str, Any]] = {
    "no Python file": {
        "files": {"notes.md": "# later\n"},
        "kind": "no_app_file",
        "where": "",
        "says": ["looked for in app.py", "no Python file"],
        "tries": "grade start 07-depends",
    },
    "two candidates": {
        "files": {"one.py": RENAMED, "two.py": SOURCE},
        "kind": "no_app_file",
        "where": "",
        "says": ["one.py, two.py"],
        "tries": "--app two:app",
    },
    "one folder too high": {
        "files": {"07-depends/app.py": SOURCE},
        "kind": "no_app_file",
        "where": "",
        "says": ["looked for in app.py"],
        "tries": "grade 07-depends 07-depends",
    },
    "--app that is not there": {
        "files": {"app.py": SOURCE},
        "args": ["--app", "server:app"],
        "kind": "no_app_file",
        "where": "",
        "says": ["looked for in server.py", "app.py"],
        "tries": "--app app:app",
    },
    "two apps": {
        "files": {"app.py": "from fastapi import FastAPI\none = FastAPI()\ntwo = FastAPI()\n"},
        "kind": "no_app_object",
        "where": "app.py",
        "says": ["one, two", "Which one is meant?"],
        "tries": "--app app:one",
    },
    "no app": {
        "files": {"app.py": "x = 1\n"},
        "kind": "no_app_object",
        "where": "app.py",
        "says": ["no FastAPI app"],
        "tries": "app = FastAPI()",
    },
    "a dict": {
        "files": {"app.py": '"""A."""\napp = {"a": 1}\n'},
        "kind": "not_asgi",
        "where": "app.py:2",
        "says": ["app is a dict"],
        "tries": "app = FastAPI()",
    },
    "factory that raises": {
        "files": {"app.py": "def create_app():\n    raise KeyError('db')\n"},
        "kind": "factory_failed",
        "where": "app.py:2",
        "says": ["KeyError: 'db'"],
        "tries": "python -c",
    },
    "factory without an app": {
        "files": {"app.py": "X = 1\ndef create_app():\n    return None\n"},
        "kind": "not_asgi",
        "where": "app.py:2",
        "says": ["create_app() is a NoneType"],
        "tries": "return",
    },
    "needs its own fastapi.py": {
        "files": {"app.py": "from fastapi import helper\n", "fastapi.py": "helper = 1\n"},
        "kind": "import_error",
        "where": "app.py:1",
        "says": ["cannot import name 'helper'", "meant your own fastapi.py"],
        "tries": "mv fastapi.py my_fastapi.py",
    },
    "chdir and then an error": {
        "files": {"app.py": "import os\nos.chdir('sub')\n1 / 0\n", "sub/data.txt": "x"},
        "kind": "import_error",
        "where": "app.py:3",
        "says": ["ZeroDivisionError"],
        "tries": "python -c",
    },
}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in ASKS.items()])
def test_unclear_layout_names_the_candidates(case: dict[str, Any], graded: Any) -> None:
    assert (graded.code, graded.verdict["state"]) == (3, "ungradable")
    problem = graded.problem
    assert (problem["kind"], problem["where"]) == (case["kind"], case["where"])
    for text in case["says"]:
        assert text in problem["message"] + problem["exception"]
    assert case["tries"] in problem["try"]
    graded.shows_nothing_of_ours()


def test_folder_that_does_not_exist_is_a_usage_error(grade_text: Any) -> None:
    code, text = grade_text({"app.py": SOURCE}, "--app", "not a name")
    assert code == 2
    assert "--app main:app" in text

"""Exercises whose own module stands in front of the app: the app is found, named and missed as in all others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.engine

REPOSITORY = Path(__file__).parents[2]


def modules(folder: str) -> dict[str, bytes]:
    """Return the Python files below a folder of the repository."""
    path = REPOSITORY / folder
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in path.rglob("*.py")}


def renamed(exercise: str, solution: str, name: str) -> dict[str, bytes]:
    """Return a reference solution's files, its app.py under another name."""
    found = modules(f"graders/{exercise}/solutions/{solution}")
    return {name if file == "app.py" else file: text for file, text in found.items()}


#: In 20 it is served in the app's place from the start, in 08, 16, 29 and 36 for some of the checks.
SOLUTIONS = {
    "08-class-depends": "annotated",
    "16-pydantic-migration": "annotated",
    "20-jwt": "from_brief",
    "29-lifespan-health": "app_state",
    "36-rate-limit": "from_brief",
}
NAMED = [
    {
        "exercise": exercise,
        "files": {**renamed(exercise, solution, "server.py"), "other.py": b"app = None\n"},
        "args": ["--app", "server:app"],
    }
    for exercise, solution in SOLUTIONS.items()
]
FOUND = [
    {"exercise": exercise, "files": renamed(exercise, SOLUTIONS[exercise], "main.py")}
    for exercise in ("16-pydantic-migration", "20-jwt")
]
#: With the copies of the provided modules that came with the starter.
BELOW_SRC = [
    {
        "exercise": exercise,
        "files": {
            f"src/{name}": text
            for name, text in (modules(f"starter/{exercise}") | modules(f"graders/{exercise}/solutions/from_brief")).items()
        },
    }
    for exercise in ("02-asgi-vs-wsgi", "18-apirouter")
]
BROKEN: dict[str, dict[str, Any]] = {
    "another name": {
        "files": renamed("20-jwt", "from_brief", "server.py"),
        "args": ["--app", "nothing:app"],
        "kind": "no_app_file",
        "says": "looked for in nothing.py; the folder has",
    },
    "no app": {"files": {"app.py": "x = 1\n"}, "kind": "no_app_object", "says": "app.py was imported, but it has no app."},
    "an import": {
        "files": {"app.py": "import nopkg\n"},
        "kind": "module_not_found",
        "where": "app.py:1",
        "says": "app.py imports nopkg",
    },
    "its arguments": {
        "files": {"app.py": "import sys\nraise RuntimeError(sys.argv)\n"},
        "kind": "import_error",
        "where": "app.py:2",
        "says": "app.py could not be imported",
        "shows": "RuntimeError: ['uvicorn', 'app:app']",
    },
    "an error": {"files": {"app.py": "x = 1\n1 / 0\n"}, "kind": "import_error", "where": "app.py:2", "says": "app.py"},
}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["exercise"]) for case in NAMED])
def test_the_app_that_is_named_is_graded_and_shown(case: dict[str, Any], graded: Any) -> None:
    assert (graded.code, graded.verdict["app"]) == (0, "server:app")


@pytest.mark.parametrize("case", [pytest.param(case, id=case["exercise"]) for case in FOUND])
def test_the_app_is_found_elsewhere_with_a_remark(case: dict[str, Any], graded: Any) -> None:
    assert (graded.code, graded.verdict["app"]) == (0, "main:app")
    assert graded.verdict["notes"] == ["app.py is missing, so main.py was taken"]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["exercise"]) for case in BELOW_SRC])
def test_provided_modules_win_over_their_copies_in_src_too(case: dict[str, Any], graded: Any) -> None:
    assert graded.code == 0, graded.text


@pytest.mark.parametrize("case", [pytest.param(case | {"exercise": "20-jwt"}, id=name) for name, case in BROKEN.items()])
def test_what_is_wrong_is_said_of_the_learner_s_files(case: dict[str, Any], graded: Any) -> None:
    assert (graded.code, graded.verdict["state"]) == (3, "ungradable")
    assert (graded.problem["kind"], graded.problem["where"]) == (case["kind"], case.get("where", graded.problem["where"]))
    assert case["says"] in graded.problem["message"]
    assert case.get("shows", "") in graded.text
    assert "gradewright_start" not in graded.text
    graded.shows_nothing_of_ours()


def test_a_front_that_is_not_there_is_the_exercises_mistake(grade: Callable[..., Any], make_root: Callable[..., Path]) -> None:
    """Its author hears of it; a learner is not told that a module of theirs is missing."""
    suite = 'from gradewright.suite import point\n\n\n@point("one")\ndef test_one(app):\n    pass\n'
    root = make_root(suite, provided={"start.py": "app = None\n"}, extra='front = "begin:app"\n')
    done = grade("--root", root, "01", root / "starter" / "01-made")
    assert done.code == 4
    assert "01-made has the front begin, and no such module in" in done.err
    assert "missing" not in done.out + done.err

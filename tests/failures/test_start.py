"""An app that never gets to serve, or stops serving: bounded time, the learner's line, and what the others of them earn."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.engine

APP = "print('importing')\nfrom fastapi import FastAPI\n\napp = FastAPI()\n"
LIFESPAN = """print("importing"); from contextlib import asynccontextmanager
import asyncio
from fastapi import FastAPI

@asynccontextmanager
async def lifespan(app):
    {body}

app = FastAPI(lifespan=lifespan)
"""

CASES: dict[str, dict[str, Any]] = {
    "lifespan raises": {
        "files": {"app.py": LIFESPAN.format(body='raise RuntimeError("no database")\n    yield')},
        "kind": "startup_failed",
        "where": "app.py:7",
        "says": ["lifespan", "RuntimeError: no database"],
        "tries": "uvicorn app:app",
    },
    "lifespan waits for ever": {
        "files": {"app.py": LIFESPAN.format(body="await asyncio.Event().wait()\n    yield")},
        "args": ["--start-limit", "2"],
        "kind": "start_timeout",
        "where": "app.py:7",
        "says": ["never reached its yield"],
        "tries": "asyncio.create_task",
    },
    "lifespan returns without a yield": {
        "files": {"app.py": LIFESPAN.format(body="if app is None:\n        yield")},
        "kind": "startup_failed",
        "where": "app.py:6",
        "says": ["returned before it reached a yield"],
        "tries": "yield",
    },
    "lifespan has no yield": {
        "files": {"app.py": LIFESPAN.format(body="return")},
        "kind": "startup_failed",
        "where": "app.py:6",
        "says": ["returned before it reached a yield"],
        "tries": "yield",
    },
    "lifespan exits": {
        "files": {"app.py": LIFESPAN.format(body="import os; os._exit(0)\n    yield")},
        "kind": "ended_at_start",
        "where": "app.py:7",
        "says": ["exited during startup", "exit code 0"],
        "tries": "__main__",
    },
    "while True": {
        "files": {"app.py": APP + "while True:\n    pass\n"},
        "args": ["--start-limit", "2"],
        "kind": "start_timeout",
        "where": ("app.py:5", "app.py:6"),
        "says": ["still running its module-level code"],
        "tries": "def ",
    },
    "time.sleep": {
        "files": {"app.py": "import time\n" + APP + "time.sleep(100)\n"},
        "args": ["--start-limit", "2"],
        "kind": "start_timeout",
        "where": "app.py:6",
        "says": ["still running its module-level code"],
        "tries": "def work()",
    },
    "uvicorn.run": {
        "files": {"app.py": "import uvicorn\n" + APP + "uvicorn.run(app)\n"},
        "args": ["--start-limit", "2"],
        "kind": "start_timeout",
        "where": "app.py:6",
        "says": ["still running its module-level code"],
        "tries": 'if __name__ == "__main__": uvicorn.run(app)',
    },
}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_app_that_never_serves_is_told_in_bounded_time(case: dict[str, Any], graded: Any) -> None:
    assert (graded.code, graded.verdict["state"], graded.verdict["score"]) == (3, "ungradable", 0)
    problem = graded.problem
    places = case["where"] if isinstance(case["where"], tuple) else (case["where"],)
    assert problem["kind"] == case["kind"]
    assert problem["where"] in places
    assert problem["where"] in graded.text
    for text in case["says"]:
        assert text in problem["message"] + problem["exception"]
    assert case["tries"] in problem["try"]
    graded.shows_nothing_of_ours()
    # A second start would double the time that a hang costs.
    assert graded.verdict["output"]["text"].count("importing") == 1


DYING = {
    "files": {
        "app.py": """import os
from typing import Annotated
from fastapi import Depends, FastAPI, Header, HTTPException

app = FastAPI()

def verify_token(x_token: Annotated[str | None, Header()] = None) -> None:
    if x_token != "let-me-in":
        raise HTTPException(401)

@app.get("/users")
def list_users() -> None:
    os._exit(0)

@app.get("/admin/stats", dependencies=[Depends(verify_token)])
def admin_stats() -> dict[str, bool]:
    return {"ok": True}
"""
    }
}


@pytest.mark.parametrize("case", [DYING], ids=["os._exit(0) in one handler"])
def test_server_that_dies_loses_only_the_points_that_needed_it(case: dict[str, Any], graded: Any) -> None:
    assert (graded.code, graded.verdict["state"], graded.verdict["problem"]) == (1, "graded", None)
    assert graded.point("guard-only")["status"] == "won"
    lost = graded.point("shared-logic")
    died = [exchange for exchange in lost["exchanges"] if exchange["target"].startswith("/users")]
    assert died[0]["error"] == "the server died: exit code 0"
    assert (died[0]["frames"][-1]["file"], died[0]["frames"][-1]["line"]) == ("app.py", 13)
    assert died[0]["status"] is None
    graded.shows_nothing_of_ours()


def test_time_limit_of_the_whole_grade_has_its_own_exit_code(grade_text: Any, solution: str) -> None:
    slow = solution.replace(") -> dict[str, object]:", ") -> dict[str, object]:\n    import time\n    time.sleep(30)\n", 1)
    code, text = grade_text({"app.py": slow}, "--no-report", "--total-limit", "3")
    assert code == 5
    assert text.startswith("TIME LIMIT  The whole grade took longer than 3 s")
    assert "not run" in text
    assert "site-packages" not in text


def test_exception_in_a_handler_is_shown_with_its_line_and_nothing_else(grade_text: Any, solution: str) -> None:
    broken = solution.replace(
        "def list_users(page: Page) -> dict[str, int]:\n", "def list_users(page: Page):\n    page['no']\n"
    )
    code, text = grade_text({"app.py": broken}, "--no-report")
    assert code == 1
    assert "raised    KeyError: 'no'" in text
    number = broken.splitlines().index("    page['no']") + 1
    assert f"in        app.py:{number}   page['no']" in text
    assert "site-packages" not in text

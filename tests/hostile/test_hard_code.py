"""Answers learned by heart earn nothing: inputs are random, and negative tests want what was not asked for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.hostile

TABLE = """
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
app = FastAPI()
def get_region(): return "eu"
def paging(): return {"skip": 0, "limit": 10}
def verify_token(): return None
ANSWERS = {
    ("/items", ""): {"region": "eu", "skip": 0, "limit": 10},
    ("/items", "skip=5&limit=20"): {"region": "eu", "skip": 5, "limit": 20},
    ("/users", ""): {"skip": 0, "limit": 10},
    ("/users", "skip=5&limit=20"): {"skip": 5, "limit": 20},
    ("/admin/stats", ""): {"ok": True},
    ("/audit", ""): {"runs": 0},
}
@app.get("/{path:path}")
def answer(path: str, request: Request):
    return JSONResponse(ANSWERS.get(("/" + path, request.url.query), {"detail": "unknown"}))
"""
ALWAYS_200 = """
from fastapi import FastAPI
app = FastAPI(openapi_url=None)
def get_region(): return "eu"
def paging(): return {"skip": 0, "limit": 10}
def verify_token(): return None
@app.api_route("/{path:path}", methods=["GET", "POST", "PUT", "DELETE"])
def answer(path: str):
    return {"region": "eu", "skip": 0, "limit": 10, "ok": True, "runs": 0}
"""
ECHO = """
from fastapi import FastAPI, Request
app = FastAPI(openapi_url=None)
def get_region(): return "eu"
def paging(): return {"skip": 0, "limit": 10}
def verify_token(): return None
@app.get("/{path:path}")
def answer(path: str, request: Request):
    asked = {name: int(value) if value.isdigit() else value for name, value in request.query_params.items()}
    return {"skip": 0, "limit": 10, **asked, **dict(request.headers), "ok": True, "runs": 0}
"""


@pytest.mark.parametrize(
    "case",
    [pytest.param({"app": source}, id=name) for name, source in (("table", TABLE), ("always 200", ALWAYS_200), ("echo", ECHO))],
)
def test_answers_by_heart_win_no_point(outcome: Any) -> None:
    assert (outcome.state, outcome.code, outcome.score) == ("graded", 1, 0)
    assert outcome.seconds < 30


def test_inputs_of_one_grade_are_no_use_in_the_next(grade: Any, repository: Path) -> None:
    """A table of everything that was asked the last time answers nothing."""
    solution = repository / "graders" / "07-depends" / "solutions" / "annotated"
    runs = [grade("07-depends", solution, "--json", "--no-report").verdict for _number in range(2)]
    assert [run["score"] for run in runs] == [11, 11]
    asked = [
        {exchange["target"] for point in run["points"] for exchange in point["exchanges"] if "=" in exchange["target"]}
        for run in runs
    ]
    assert asked[0]
    # What lies at a limit (limit=0) is the same every time; nothing else is.
    at_limits = re.compile(r"=(-1|0|1|100|101)$")
    drawn = [{target for target in targets if not at_limits.search(target)} for targets in asked]
    assert len(drawn[0]) >= 5
    assert len(drawn[0] & drawn[1]) <= 1
    assert runs[0]["seed"] != runs[1]["seed"]

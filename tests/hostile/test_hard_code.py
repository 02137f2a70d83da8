"""Answers learned by heart earn nothing: inputs are random, and negative tests want what was not asked for."""

from __future__ import annotations

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

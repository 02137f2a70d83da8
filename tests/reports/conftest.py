"""Builders of exercises and verdicts for the report's tests, close to what a grade of 07-depends records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gradewright.model import (
    Doc,
    Exchange,
    Exercise,
    Flag,
    Frame,
    Hashes,
    Layer,
    Mark,
    Output,
    Point,
    PointResult,
    Problem,
    SourceLine,
    Suggestion,
    Verdict,
)
from gradewright.reports.diff import compare

SEED = "9f3c51d0b8e64a17c25d90f1836b7ae2"
WEIGHTS = {
    "injected-value": (3, "FastAPI passes in what the dependency returned"),
    "shared-logic": (2, "One definition serves both routes"),
    "runs-first": (2, "A dependency runs before the handler"),
    "guard-only": (2, "A guard needs no return value"),
    "per-request": (1, "The result is not kept between requests"),
    "params-surface": (1, "A dependency’s own inputs show up in the docs"),
}


def build_exercise() -> Exercise:
    """Return 07-depends with six points, of weight 11 together."""
    points = tuple(
        Point(
            id=name,
            title=title,
            weight=weight,
            evidence="introspection" if name == "params-surface" else "override",
            paired=None if name == "params-surface" else "wire",
            question=f"What about `{name}`?",
            answer=f"The ideal answer to {name}.",
            follow_up=f"The follow-up of {name}?",
            hints=(
                "Who reads the query string in your app, FastAPI or you?",
                "A dependency can declare parameters exactly as a handler does.",
                "Give `paging` typed parameters:\n\n    def paging(skip: Annotated[int, Query(ge=0)] = 0, …)",
            ),
            docs=(Doc(title="Dependencies", url="https://fastapi.tiangolo.com/tutorial/dependencies/"),),
        )
        for name, (weight, title) in WEIGHTS.items()
    )
    return Exercise(slug="07-depends", title="Depends()", level="basic", minutes=25, points=points, root="")


def build_point(number: int, status: str, **fields: Any) -> PointResult:
    """Return the result of the point with this number."""
    point = build_exercise().points[number - 1]
    known: dict[str, Any] = {
        "id": point.id,
        "number": number,
        "title": point.title,
        "status": status,
        "evidence": point.evidence,
        "paired": point.paired,
        "cooperative": point.cooperative,
        "score": point.weight if status == "won" else 0,
        "max_score": point.weight,
        "question": point.question,
        "checks": 0 if status == "not_run" else 3,
    }
    return PointResult(**known | fields)


def build_lost_point() -> PointResult:
    """Return P2 lost as in the mock-up: a text for a number, then a 500 with a frame of the learner's code."""
    expected, got = '{"skip":5,"limit":7}', '{"skip":"5 ","limit":7}'
    found = compare(expected, got)
    message = "`GET /users` gave `skip` back as text. The real `paging` should make it an integer."
    override = ('paging overridden to return {"skip":731,"limit":48}',)
    ok = {"status": 200, "content_type": "application/json", "held": True, "overrides": override}
    source = (
        (13, "def paging(request: Request) -> dict:"),
        (14, "    query = request.query_params"),
        (15, '    skip = query.get("skip", 0)'),
        (16, '    limit = int(query.get("limit", 10))'),
        (17, '    return {"skip": skip, "limit": limit}'),
    )
    lines = tuple(SourceLine(number=number, text=text, hit=number == 16) for number, text in source)
    return build_point(
        2,
        "lost",
        message=message,
        expected=expected,
        got=got,
        expected_marks=found.expected,
        got_marks=found.got,
        note=found.note,
        checks_lost=2,
        exchanges=(
            Exchange(method="GET", target="/items", reply='{"region":"eu","skip":731,"limit":48}', **ok),
            Exchange(method="GET", target="/users", reply='{"skip":731,"limit":48}', **ok),
            Exchange(
                method="GET",
                target="/users?skip=5%20&limit=7",
                status=200,
                reply=got,
                held=False,
                message=message,
                expected=expected,
                got=got,
                curl="curl -i 'http://127.0.0.1:8000/users?skip=5%20&limit=7'",
            ),
            Exchange(
                method="GET",
                target="/items?limit=abc",
                status=500,
                content_type="text/plain; charset=utf-8",
                reply="Internal Server Error",
                held=False,
                expected="status 422",
                got="status 500",
                expected_marks=(Mark(text="status "), Mark(text="422", differs=True)),
                got_marks=(Mark(text="status "), Mark(text="500", differs=True)),
                error="ValueError: invalid literal for int() with base 10: 'abc'",
                frames=(Frame(file="app.py", line=16, function="paging", source=lines),),
                curl="curl -i 'http://127.0.0.1:8000/items?limit=abc'",
            ),
        ),
    )


def build_points(*statuses: str) -> tuple[PointResult, ...]:
    """Return a result for each point; a won one has exchanges, a lost P2 all of its evidence."""
    results = []
    for number, status in enumerate(statuses, start=1):
        counted = tuple(
            Exchange(method="GET", target="/items", status=200, reply=f'{{"region":"r{n}"}}', held=True) for n in range(7)
        )
        more: dict[str, Any] = {}
        if status == "won":
            more = {"message": "Seven requests, seven different values on the wire.", "exchanges": counted}
        elif status == "not_run":
            more = {"message": "Waits for P2 `shared-logic`."}
        elif number != 2:
            more = {"message": "It differs.", "expected": "200", "got": "404", "checks_lost": 1}
        lost = status == "lost" and number == 2
        results.append(build_lost_point() if lost else build_point(number, status, **more))
    return tuple(results)


def build_verdict(*statuses: str, **fields: Any) -> Verdict:
    """Return a verdict for six statuses, graded unless `fields` says otherwise."""
    points = build_points(*statuses or ("won", "lost", "won", "won", "won", "not_run"))
    held = {
        "landlock": "files and signals outside the exercise",
        "seccomp": "no fork, no exec, no outgoing connection",
        "rlimits": "1 GiB, 20 s CPU, 64 processes",
        "no_new_privs": "no gain of rights",
        "pdeathsig": "dies with the grader",
    }
    layers = tuple(Layer(name=name, held=True, detail=detail) for name, detail in held.items())
    absent = "user namespaces are refused on this machine; `grade doctor` prints the remedy"
    known: dict[str, Any] = {
        "exercise": "07-depends",
        "title": "Depends()",
        "level": "basic",
        "minutes": 25,
        "state": "graded",
        "score": sum(point.score for point in points),
        "max_score": 11,
        "seed": SEED,
        "points": points,
        "app": "app:app",
        "isolation": (*layers, Layer(name="bubblewrap", held=False, detail=absent)),
        "hashes": Hashes(submission="sha256:" + "4be1c07d" * 8, suite="sha256:" + "c90a3f52" * 8),
        "versions": {"gradewright": "1.0.0", "python": "3.12.8", "fastapi": "0.163.2", "starlette": "1.10.0"},
        "created": "2026-11-24T15:04:00Z",
        "seconds": {"total": 1.04, "start": 0.21, "checks": 0.72, "report": 0.1},
        "output": Output(text="ERROR:    Exception in ASGI application\nValueError: no\n", size=55),
    }
    return Verdict(**known | fields)


def build_problem(**fields: Any) -> Problem:
    """Return a relative import that failed in line 3 of app.py."""
    texts = (
        "from fastapi import Depends, FastAPI",
        "",
        "from .deps import get_region, paging, verify_token",
        "",
        "app = FastAPI()",
    )
    source = tuple(SourceLine(number=n, text=text, hit=n == 3) for n, text in enumerate(texts, start=1))
    known: dict[str, Any] = {
        "kind": "relative_import",
        "title": "A relative import in a file that is not in a package",
        "message": "app.py is imported as a top-level module, so the dot has nothing to refer to.",
        "exception": "ImportError: attempted relative import with no known parent package",
        "where": "app.py:3",
        "frames": (Frame(file="app.py", line=3, source=source),),
        "suggestions": (
            Suggestion(label="Drop the dot", code="from deps import get_region, paging, verify_token"),
            Suggestion(label="Or name the package", code="grade 07-depends --app pkg.main:app"),
        ),
        "files": ("app.py", "deps.py"),
    }
    return Problem(**known | fields)


@pytest.fixture
def exercise() -> Exercise:
    return build_exercise()


@pytest.fixture
def make_point() -> Callable[..., PointResult]:
    return build_point


@pytest.fixture
def make_verdict() -> Callable[..., Verdict]:
    return build_verdict


@pytest.fixture
def make_problem() -> Callable[..., Problem]:
    return build_problem


@pytest.fixture
def partial() -> Verdict:
    """Four points won, P2 lost, P6 not run: 8 or 11 minus what was lost, as in the mock-up."""
    flag = Flag(kind="dependency_overrides", message="The source reads dependency_overrides.", where="app.py:9")
    return build_verdict(flags=(flag,), notes=("`app.py` is missing, so `main.py` was taken",))


@pytest.fixture
def ungradable() -> Verdict:
    return build_verdict(*["not_run"] * 6, state="ungradable", problem=build_problem())

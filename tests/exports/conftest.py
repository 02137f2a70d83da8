"""Verdicts whose every text was written by somebody who wants the reader's program to do something."""

import pytest

from gradewright.model import Exchange, Frame, Hashes, PointResult, Problem, SourceLine, Verdict

#: What acts in one of the formats: markup, formulas, workflow commands, control and direction characters, what XML cannot hold.
HOSTILE = (
    '=HYPERLINK("http://evil.example")\r\n::error file=app.py::forged\n##[error]forged too\n]]></failure>&'
    "<script>alert(1)</script>"
    "\x00\x1b[31m\x08\u202e\ufffe\uffff\ud800\u2028 | pipe | `code` ![x](http://evil.example/x.png) <!-- % @octocat"
)
STATES = ("graded", "ungradable", "limit", "rejected", "grader_error")


def point(number, status, text=""):
    exchange = Exchange(
        method="GET", target="/items", status=500, held=False, seconds=0.0125, reply=text, error=text, message=text,
        frames=(Frame(file="app, v:2.py", line=7, source=(SourceLine(number=7, text=text, hit=True),)),),
    )  # fmt: skip
    return PointResult(
        id=f"point-{number}", number=number, title=f"Title {number}, 100 %: {text}", status=status, evidence="wire",
        score=2 if status == "won" else 0, max_score=2, question="Why?", checks=3, checks_lost=1 if status == "lost" else 0,
        message=text or {"lost": "It differs.", "not_run": "Nothing was judged here.", "won": ""}[status],
        expected='{"a":1}' if status == "lost" else None, got=text or '{"a":2}' if status == "lost" else None,
        exchanges=(exchange,) if status == "lost" else (),
    )  # fmt: skip


@pytest.fixture
def make(tmp_path):
    """Make a verdict from statuses; `text` stands wherever a submission has a say."""

    def make(*statuses, state="graded", text="", **more):
        problem = None
        if state != "graded":
            problem = Problem(
                kind="import_error", title=f"It stopped {text}", message=f"app.py could not be imported. {text}",
                exception=f"ImportError: {text}", where="app.py:3", frames=(Frame(file="app.py", line=3),), try_=f"do {text}",
            )  # fmt: skip
        points = tuple(point(number, status, text) for number, status in enumerate(statuses, start=1))
        known = {
            "exercise": "07-depends", "title": "Depends()", "level": "basic", "minutes": 25, "state": state,
            "score": sum(each.score for each in points), "max_score": 2 * len(points), "seed": "0f" * 16, "points": points,
            "problem": problem, "created": "2026-11-24T15:04:00Z", "seconds": {"total": 1.25},
            "hashes": Hashes(submission="sha256:00", suite="sha256:11"),
        }  # fmt: skip
        return Verdict(**known | more)

    return make


@pytest.fixture
def saved(tmp_path):
    """Write a verdict as result.json; returns its path."""

    def save(verdict, name="result.json"):
        path = tmp_path / name
        path.write_text(verdict.model_dump_json(by_alias=True))
        return path

    return save

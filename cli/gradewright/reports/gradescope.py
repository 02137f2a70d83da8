"""A verdict as Gradescope's results.json (gradescope-autograders.readthedocs.io/en/latest/specs/).

Gradescope knows no "could not be graded", only numbers. A submission that could not be graded gets 0 and a text that says that
nothing was checked; a fault of the grader gets no number, which Gradescope shows as an autograder that failed, to be run again.
"""

from __future__ import annotations

import json
from typing import Any

from gradewright.model import PointResult, Verdict
from gradewright.reports.neutral import plain

WORDS = {
    "ungradable": "UNGRADABLE: nothing was checked. The 0 stands for that; it is not a judgement of your work.",
    "rejected": "REJECTED: nothing was run. The 0 stands for that; it is not a judgement of your work.",
    "limit": "A LIMIT ended the grade. What was judged until then counts; the rest was not run.",
    "grader_error": "GRADER ERROR: the grader failed, not your submission. There is no score; it has to be run again.",
}


def gradescope(verdict: Verdict) -> str:
    """Return results.json for a verdict."""
    seed, app = verdict.seed, verdict.hashes.submission
    data: dict[str, Any] = {
        **_frame(_output(verdict)),
        "execution_time": round(verdict.seconds.get("total", 0.0), 3),
        "extra_data": {"exercise": verdict.exercise, "state": verdict.state, "seed": seed, "submission": app},
    }
    if verdict.state != "grader_error":
        data["score"] = verdict.score
        data["tests"] = [_test(point) for point in verdict.points]
    return _text(data)


def gradescope_failure(reason: str) -> str:
    """Return results.json for a grade that left no verdict. It has no score: the fault is not the student's."""
    return _text({**_frame(f"{WORDS['grader_error']}\n\n{plain(reason)}"), "extra_data": {"state": "grader_error"}})


def _frame(output: str) -> dict[str, Any]:
    return {
        "output": output,
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
    }


def _output(verdict: Verdict) -> str:
    parts = [WORDS[verdict.state]] if verdict.state in WORDS else []
    problem = verdict.problem
    if problem is not None and verdict.state != "grader_error":
        parts += [
            problem.message,
            f"{problem.where}  {problem.exception}".strip(),
            f"try  {problem.try_}" if problem.try_ else "",
        ]
    if verdict.state == "graded":
        parts.append(f"{verdict.exercise}: {verdict.score} of {verdict.max_score} points, seed {verdict.seed}")
    return plain("\n".join(part for part in parts if part))


def _test(point: PointResult) -> dict[str, Any]:
    lines = [point.message]
    if point.status == "lost":
        lines += [f"expected  {point.expected}"] if point.expected is not None else []
        lines += [f"got       {point.got}"] if point.got is not None else []
        lines += [point.note] if point.note else []
    elif point.status == "not_run":
        lines.insert(0, "Not run: nothing was judged here.")
    return {
        "name": plain(f"P{point.number} {point.title}", 200),
        "number": str(point.number),
        "score": point.score,
        "max_score": point.max_score,
        "status": "passed" if point.status == "won" else "failed",
        "output": plain("\n".join(line for line in lines if line)),
        "visibility": "visible",
        "tags": [point.id, point.evidence],
        "extra_data": {"status": point.status},
    }


def _text(data: dict[str, Any]) -> str:
    return json.dumps(data, indent=2, ensure_ascii=True) + "\n"

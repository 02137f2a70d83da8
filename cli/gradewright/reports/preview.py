"""The page on which an author sees an exercise as others will: the brief, and the interview cards with hints and reading."""

from __future__ import annotations

from gradewright.model import Exercise
from gradewright.reports.markdown import blocks, inline
from gradewright.reports.pages import fill


def render(exercise: Exercise, brief: str, report: str, about: str) -> str:
    """Return the page. `report` is the address of the report beside it, `about` whose report that is."""
    shown = [
        {
            "is": block,
            "spans": list(inline(block.text)),
            "rows": [[list(inline(cell)) for cell in row] for row in block.rows],
        }
        for block in blocks(brief)
    ]
    views = [
        {
            "is": point,
            "number": number,
            "answer": point.answer,
            "follow_up": point.follow_up,
            "docs": [doc for doc in point.docs if doc.url.startswith(("https://", "http://"))],
        }
        for number, point in enumerate(exercise.points, start=1)
    ]
    return fill("preview.html", exercise=exercise, brief=shown, points=views, report=report, about=about)

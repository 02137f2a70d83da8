"""The findings as a page of their own: pairs to review, each side by side."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeAlias

from gradewright.cohort.similarity.compare import Comparison, Sheet, shared
from gradewright.cohort.similarity.record import Pair
from gradewright.cohort.similarity.section import figure, similar_pairs
from gradewright.reports.pages import fill

View: TypeAlias = dict[str, Any]

#: Pairs that are shown side by side, and lines of each side; the CSV has all pairs.
SIDES, ROWS = 40, 600


def render(comparison: Comparison, title: str) -> str:
    """Return the page."""
    found = comparison.found
    return fill(
        "similar.html",
        found=similar_pairs(found, lambda name: name),
        title=title,
        created=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        sides=[_sides(number, pair, comparison.sheets) for number, pair in enumerate(found.pairs[:SIDES], start=1)],
        hidden=max(0, len(found.pairs) - SIDES),
    )


def _sides(number: int, pair: Pair, sheets: dict[str, Sheet]) -> View:
    first, second = sheets[pair.first], sheets[pair.second]
    marks = shared(first, second)
    return {
        "number": number,
        "overlap": figure(pair.overlap),
        "lines": pair.lines,
        "sides": [_side(first, marks.first), _side(second, marks.second)],
    }


def _side(sheet: Sheet, marks: dict[str, dict[int, int]]) -> View:
    files: list[View] = []
    left = ROWS
    for name in sorted(sheet.sources, key=lambda name: (name not in marks, name)):
        lines = sheet.sources[name].splitlines()[:left]
        left -= len(lines)
        mine = marks.get(name, {})
        rows = [
            {
                "number": number,
                "text": text[:300],
                "shared": number in mine,
                "sign": str(mine.get(number, 0) or "~") if number in mine else "",
            }
            for number, text in enumerate(lines, start=1)
        ]
        files.append({"name": name, "rows": rows, "cut": len(sheet.sources[name].splitlines()) - len(lines)})
    return {"name": sheet.name, "files": [one for one in files if one["rows"]]}

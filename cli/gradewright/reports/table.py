"""A verdict as CSV: a line a point, for spreadsheets, in which no cell is a formula."""

from __future__ import annotations

import csv
import io

from gradewright.model import Verdict
from gradewright.reports.neutral import cell

HEAD = (
    *("exercise", "state", "number", "point", "title", "status", "score", "max_score", "evidence", "checks", "checks_lost"),
    *("message", "expected", "got", "seed", "submission"),
)
MOST = 2000


def table(verdict: Verdict) -> str:
    """Return the CSV text. A point that was not judged has no score."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEAD)
    for point in verdict.points:
        score = "" if point.status == "not_run" else point.score
        cells: list[object] = [verdict.exercise, verdict.state, point.number, point.id, point.title, point.status, score]
        cells += [point.max_score, point.evidence, point.checks, point.checks_lost, point.message]
        cells += ["" if side is None else side[:MOST] for side in (point.expected, point.got)]
        cells += [verdict.seed, verdict.hashes.submission]
        writer.writerow([cell(value) for value in cells])
    return text.getvalue()

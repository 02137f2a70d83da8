"""The cohort as CSV, a line a submission: as graded, adjusted, and why there is no score."""

from __future__ import annotations

import csv
import io

from gradewright.cohort.adjustments import Adjustment
from gradewright.cohort.folder import Cohort
from gradewright.cohort.pseudonyms import Pseudonyms
from gradewright.reports.neutral import cell

STATES = ("graded", "limit", "ungradable", "rejected", "grader_error")


def ordered(cohort: Cohort, names: Pseudonyms) -> list[int]:
    """Return the candidates' places: highest score first, then those without one; ties by label, so that no name shows."""
    found = cohort.candidates

    def key(place: int) -> tuple[int, int, str]:
        candidate = found[place]
        return STATES.index(candidate.state), -candidate.score, names.label(candidate.name).casefold()

    return sorted(range(len(found)), key=key)


def table(cohort: Cohort, names: Pseudonyms, adjustments: tuple[Adjustment, ...]) -> str:
    """Return the CSV text. `score` is as graded; `adjustment` and `adjusted_score` are empty where nobody changed anything."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    points = [point.id for point in cohort.points]
    head = ["submission", "state", "score", "max_score", "adjustment", "adjusted_score", *points, "adjusted_by", "problem"]
    # The hash of what was sent would tell who it is to anybody who has the submissions.
    writer.writerow(head if names.anonymous else [*head, "seed", "hash"])
    for place in ordered(cohort, names):
        candidate = cohort.candidates[place]
        mine = [each for each in adjustments if each.candidate is candidate]
        change = sum(each.delta for each in mine)
        score = candidate.score if candidate.state == "graded" else ""
        cells: list[object] = [names.label(candidate.name), candidate.state, score, cohort.max_score]
        cells += [change, candidate.score + change] if mine else ["", ""]
        cells += ["" if score is None else score for score in candidate.scores]
        cells.append("; ".join(f"P{e.point.number} {e.delta:+d}: {names.veil(e.reason)} ({e.who})" for e in mine))
        cells.append(names.veil(candidate.problem))
        cells += [] if names.anonymous else [candidate.seed, candidate.submission]
        writer.writerow([cell(value) for value in cells])
    return text.getvalue()

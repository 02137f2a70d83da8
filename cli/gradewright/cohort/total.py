"""A screen's total: what somebody earned in each exercise, weighted as screen.toml says.

The total is Σ w·s/m over Σ w, in percent, with weight w, score s and most points m of each exercise. Who is not graded in every
exercise has none: a submission that could not be graded is no zero, and neither is one that did not come.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from gradewright.cohort import folder
from gradewright.cohort.folder import Candidate, Cohort
from gradewright.cohort.pseudonyms import Pseudonyms
from gradewright.cohort.screen import Screen
from gradewright.errors import BadInput
from gradewright.reports.neutral import cell


@dataclass(frozen=True, slots=True)
class Part:
    """One exercise of the screen: its weight and its results."""

    weight: int
    cohort: Cohort


@dataclass(frozen=True, slots=True)
class Row:
    """One person: the result in each part, None where nothing came, and the total in percent, None where one is not graded."""

    name: str
    results: tuple[Candidate | None, ...]
    total: float | None


@dataclass(frozen=True, slots=True)
class Totals:
    """The rows by name, and what could not be read, in sentences."""

    parts: tuple[Part, ...]
    rows: tuple[Row, ...]
    left_out: tuple[str, ...]


def read(out: Path, screen: Screen) -> Totals:
    """Return the totals of the batches in `out`, a folder for each exercise. Raises BadInput.

    People are told apart by the names of their folders, without case, as grade batch gave them.
    """
    parts = []
    for each in screen.exercises:
        place = out / each.exercise
        if not place.is_dir():
            raise BadInput(
                f"{out} has no folder {each.exercise}.",
                hint="grade bundle --screen prints the grade batch lines that write them",
            )
        cohort = folder.read(place)
        if cohort.exercise != each.exercise:
            raise BadInput(f"{place} holds results of {cohort.exercise}.", hint=f"grade batch … -o {place}")
        parts.append(Part(each.weight, cohort))
    found: dict[str, tuple[str, list[Candidate | None]]] = {}
    for number, part in enumerate(parts):
        for candidate in part.cohort.candidates:
            if candidate.name.casefold() not in found:
                nothing: list[Candidate | None] = [None] * len(parts)
                found[candidate.name.casefold()] = (candidate.name, nothing)
            found[candidate.name.casefold()][1][number] = candidate
    rows = tuple(Row(name, tuple(mine), total(parts, mine)) for _key, (name, mine) in sorted(found.items()))
    left_out = tuple(f"{part.cohort.exercise}: {text}" for part in parts for text in part.cohort.left_out)
    return Totals(tuple(parts), rows, left_out)


def total(parts: list[Part], results: list[Candidate | None]) -> float | None:
    """Return the weighted share of all points in percent, rounded once at the end; None where one result is no grade."""
    earned = Fraction(0)
    for part, result in zip(parts, results, strict=True):
        if result is None or result.state != "graded":
            return None
        earned += part.weight * Fraction(result.score, part.cohort.max_score)
    return round(float(100 * earned / sum(part.weight for part in parts)), 1)


def ordered(totals: Totals, names: Pseudonyms) -> list[Row]:
    """Return the rows, the highest total first, those without one last; ties by label, so that no name shows."""
    return sorted(totals.rows, key=lambda row: (row.total is None, -(row.total or 0), names.label(row.name).casefold()))


def said(result: Candidate | None) -> str:
    """Return how a part ended where it has no score."""
    if result is None:
        return "nothing came"
    return "" if result.state == "graded" else result.state.replace("_", " ")


def table(totals: Totals, names: Pseudonyms) -> str:
    """Return the CSV: a line a person, two columns an exercise (how it ended and the score), and the total."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    heads = [name for part in totals.parts for name in (part.cohort.exercise, f"{part.cohort.exercise}:max_score")]
    writer.writerow(["submission", "total_percent", *heads])
    for row in ordered(totals, names):
        cells: list[object] = [names.label(row.name), "" if row.total is None else row.total]
        for part, result in zip(totals.parts, row.results, strict=True):
            cells += [said(result) or (result.score if result else ""), part.cohort.max_score]
        writer.writerow([cell(value) for value in cells])
    return text.getvalue()


def render(screen: Screen, totals: Totals, names: Pseudonyms) -> str:
    """Return the page."""
    from datetime import UTC, datetime

    from gradewright.reports.pages import fill

    whole = sum(part.weight for part in totals.parts)
    return fill(
        "screen.html",
        title=screen.title or "Screen",
        anonymous=names.anonymous,
        created=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        parts=[
            {
                "exercise": part.cohort.exercise,
                "title": part.cohort.title,
                "weight": part.weight,
                "share": f"{100 * part.weight / whole:.0f} %",
                "most": part.cohort.max_score,
                "graded": len(part.cohort.graded),
            }
            for part in totals.parts
        ],
        rows=[
            {
                "label": names.label(row.name),
                "cells": [
                    {"score": None if said(result) or result is None else result.score, "end": said(result)}
                    for result in row.results
                ],
                "total": "" if row.total is None else f"{row.total:.1f}",
            }
            for row in ordered(totals, names)
        ],
        counted=sum(row.total is not None for row in totals.rows),
        left_out=[] if names.anonymous else list(totals.left_out),
    )

"""Changes of a score by hand: a CSV file with who, what, by how much, why and by whom. None is applied without being shown."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from gradewright.cohort.folder import Candidate, Cohort, PointHead
from gradewright.cohort.pseudonyms import Pseudonyms
from gradewright.errors import BadInput, did_you_mean

COLUMNS = ("submission", "point", "delta", "reason", "who")


@dataclass(frozen=True, slots=True)
class Adjustment:
    """`delta` is added to the point's score; `when` is whatever the optional column of that name says."""

    candidate: Candidate
    point: PointHead
    delta: int
    reason: str
    who: str
    when: str = ""


def read(path: Path, cohort: Cohort, names: Pseudonyms) -> tuple[Adjustment, ...]:
    """Return the adjustments in `path`. Raises BadInput, with the line, for any that cannot be applied: none is passed over."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, skipinitialspace=True)
            columns = [(name or "").strip().lower() for name in reader.fieldnames or ()]
            reader.fieldnames = columns
            rows = [
                (reader.line_num, {key: (value or "").strip() for key, value in row.items() if isinstance(value, str)})
                for row in reader
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"{path} could not be read: {error}.", hint="a CSV file in UTF-8, with a header") from None
    missing = [name for name in COLUMNS if name not in columns]
    if missing:
        raise BadInput(f"{path} lacks the column {missing[0]}.", hint=f"its first line: {','.join(COLUMNS)}")
    found = tuple(_one(f"{path}, line {line}", row, cohort, names) for line, row in rows if any(row.values()))
    _check_bounds(path, found)
    return found


def _one(where: str, row: dict[str, str], cohort: Cohort, names: Pseudonyms) -> Adjustment:
    candidate = _candidate(where, row.get("submission", ""), cohort, names)
    if candidate.state != "graded":
        raise BadInput(
            f"{where}: {row['submission']} has no score to adjust ({candidate.state.replace('_', ' ')}).",
            hint="correct what was sent and grade it again: grade batch --resume",
        )
    point = _point(where, row.get("point", ""), cohort)
    # Typed by hand, in a spreadsheet: a leading plus, a typographic minus, the apostrophe that keeps it from being a formula.
    digits = row.get("delta", "").removeprefix("'").replace("\N{MINUS SIGN}", "-")
    try:
        delta = int(digits)
    except ValueError:
        delta = 0
    if not delta:
        raise BadInput(f"{where}: {digits!r} is not a change.", hint="delta is a whole number such as 2 or -1")
    for column in ("reason", "who"):
        if not row.get(column):
            raise BadInput(f"{where}: the {column} is missing.", hint="an adjustment says why it was made and by whom")
    return Adjustment(candidate, point, delta, row["reason"][:1000], row["who"][:200], row.get("when", "")[:60])


def _candidate(where: str, text: str, cohort: Cohort, names: Pseudonyms) -> Candidate:
    wanted = text.casefold()
    for candidate in cohort.candidates:
        if wanted and wanted in (candidate.name.casefold(), names.label(candidate.name).casefold()):
            return candidate
    known = [names.label(candidate.name) for candidate in cohort.candidates]
    raise BadInput(f"{where}: there is no submission {text!r}.", hint=did_you_mean(text, known) or "the folder's name in out/")


def _point(where: str, text: str, cohort: Cohort) -> PointHead:
    for point in cohort.points:
        if text.casefold() in (point.id, f"p{point.number}"):
            return point
    hint = did_you_mean(text, [point.id for point in cohort.points]) or f"P1 to P{len(cohort.points)}"
    raise BadInput(f"{where}: {cohort.exercise} has no point {text!r}.", hint=hint)


def _check_bounds(path: Path, adjustments: tuple[Adjustment, ...]) -> None:
    sums: dict[tuple[str, str], int] = {}
    for each in adjustments:
        before = each.candidate.scores[each.point.number - 1] or 0
        key = (each.candidate.name, each.point.id)
        sums[key] = sums.get(key, before) + each.delta
        if not 0 <= sums[key] <= each.point.weight:
            raise BadInput(
                f"{path}: P{each.point.number} of {each.candidate.name} would get {sums[key]} of {each.point.weight}.",
                hint=f"it was graded {before}; a point earns from 0 to its weight",
            )

"""roster.csv: who the submissions belong to."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from gradewright.cohort.arrivals import Arrival
from gradewright.errors import BadInput

#: Columns whose value names a submission, the first that is there counts.
KEYS = ("submission", "folder", "file", "id", "login", "username", "email", "name")


@dataclass(frozen=True, slots=True)
class Roster:
    """Rows by submission; `unknown` are rows nobody sent anything for."""

    rows: dict[str, dict[str, str]]
    unknown: tuple[str, ...] = ()


def read(path: Path, arrivals: tuple[Arrival, ...]) -> Roster:
    """Return the roster matched to submissions by name, without case. Raises BadInput."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [{(key or "").strip().lower(): (value or "").strip() for key, value in row.items() if isinstance(value, str)}
                    for row in csv.DictReader(file)]  # fmt: skip
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"{path} could not be read: {error}.", hint="a CSV file in UTF-8, with a header") from None
    keys = [key for key in KEYS if rows and key in rows[0]]
    if not keys:
        raise BadInput(f"{path} has none of the columns {', '.join(KEYS)}.", hint="the first line names the columns")
    by_name: dict[str, str] = {}
    for arrival in arrivals:
        for name in (arrival.name, arrival.who, arrival.path.name, arrival.path.stem):
            by_name.setdefault(name.casefold(), arrival.name)
    found: dict[str, dict[str, str]] = {}
    unknown = []
    for row in rows:
        values = [row[key] for key in keys if row.get(key)]
        names = [by_name[value.casefold()] for value in values if value.casefold() in by_name]
        names += [by_name[local] for value in values if (local := value.partition("@")[0].casefold()) in by_name]
        if names:
            found[names[0]] = row
        else:
            unknown.append(values[0] if values else "(an empty row)")
    return Roster(found, tuple(unknown))

"""The findings as a document: what `grade --json similar` prints and `grade cohort --similar` reads."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from gradewright.errors import BadInput
from gradewright.model import Record
from gradewright.reports.neutral import cell

#: A document about a thousand submissions has some hundred kilobytes.
MAX_BYTES = 32 << 20

Share = Annotated[float, Field(ge=0, le=1)]


class Pair(Record):
    """Two submissions that share more than independent solutions do; `lines` counts the different lines they share."""

    first: str
    second: str
    overlap: Share
    lines: Annotated[int, Field(ge=0)]


class NotCompared(Record):
    """A submission about which nothing is said, and why."""

    submission: str
    why: str


class Similarity(Record):
    """All findings. `independent` are the overlaps of the exercise's own solutions; pairs at or above `limit` are listed."""

    format: Literal["gradewright/similarity/v1"] = "gradewright/similarity/v1"
    exercise: str
    submissions: Annotated[int, Field(ge=0)]
    compared: Annotated[int, Field(ge=0)]
    solutions: Annotated[int, Field(ge=0)]
    independent: tuple[Share, ...]
    limit: Share
    pairs: tuple[Pair, ...]
    not_compared: tuple[NotCompared, ...]

    @property
    def all_pairs(self) -> int:
        return self.compared * (self.compared - 1) // 2


def load(path: Path) -> Similarity:
    """Return the findings in a file; fields that a later version added are passed over. Raises BadInput."""
    hint = "what grade --json similar printed"
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadInput(f"{path} is too large for findings.", hint=hint)
        return Similarity.model_validate_json(path.read_bytes(), extra="ignore")
    except OSError as error:
        raise BadInput(f"{path} could not be read: {error.strerror}.", hint=hint) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"{path} holds no findings: {f'{place}: ' if place else ''}{first['msg']}.", hint=hint) from None


def table(found: Similarity) -> str:
    """Return the pairs as CSV, a line a pair, then a line for each submission that was not compared."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["first", "second", "overlap", "shared_lines", "status", "why"])
    for pair in found.pairs:
        row = [pair.first, pair.second, f"{pair.overlap:.3f}", pair.lines, "review", ""]
        writer.writerow([cell(value) for value in row])
    for one in found.not_compared:
        writer.writerow([cell(value) for value in (one.submission, "", "", "", "not compared", one.why)])
    return text.getvalue()

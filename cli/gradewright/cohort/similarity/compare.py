"""Takes submissions in, as a batch does, and compares each with each. Nothing of them is run, imported or parsed."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gradewright.cohort.arrivals import Arrival
from gradewright.cohort.similarity.material import Material
from gradewright.cohort.similarity.overlaps import LEAST, Values, left, overlap
from gradewright.cohort.similarity.prints import Fingerprinter, Prints
from gradewright.cohort.similarity.record import NotCompared, Pair, Similarity
from gradewright.cohort.similarity.tokens import TooMuch, read
from gradewright.errors import BadInput, Rejected
from gradewright.session.archives import arrive
from gradewright.session.intake import take_in

FEW = "fewer than {least} runs of its tokens are left once starter, provided modules and reference solutions are taken away"
MANY = "it has more source than can be an answer"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A submission as it is compared and shown: `sources` by file, its fingerprints, and those left after subtraction."""

    name: str
    sources: dict[str, str]
    prints: Prints
    left: Values


@dataclass(frozen=True, slots=True)
class Shared:
    """For the two submissions of a pair: physical lines by file that are shared, each with the number of what it is like.

    The same number stands on both sides; 0 marks lines that are alike in most of their parts without being alike as a whole.
    """

    first: dict[str, dict[int, int]]
    second: dict[str, dict[int, int]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The findings, and the sheets of the submissions that are in a pair."""

    found: Similarity
    sheets: dict[str, Sheet]


def compare(
    exercise: str,
    arrivals: Iterable[Arrival],
    material: Material,
    printer: Fingerprinter,
    hidden: Path,
) -> Comparison:
    """Compare the submissions, each with each; hard links to files below `hidden`, the suite, are left out of them."""
    sheets: list[Sheet] = []
    silent: list[NotCompared] = []
    count = 0
    for arrival in arrivals:
        count += 1
        try:
            sheet = _sheet(arrival, material, printer, hidden)
        except (BadInput, Rejected) as refusal:
            silent.append(NotCompared(submission=arrival.name, why=str(refusal)))
        except TooMuch:
            silent.append(NotCompared(submission=arrival.name, why=MANY))
        else:
            if len(sheet.left[0]) < LEAST:
                silent.append(NotCompared(submission=arrival.name, why=FEW.format(least=LEAST)))
            else:
                sheets.append(sheet)
    limit = material.calibration.limit
    pairs = []
    for one, other in itertools.combinations(sheets, 2):
        share = overlap(one.left, other.left).share
        if share >= limit:
            lines = len(one.left[1] & other.left[1])
            pairs.append(Pair(first=one.name, second=other.name, overlap=round(share, 4), lines=lines))
    pairs.sort(key=lambda pair: (-pair.overlap, pair.first, pair.second))
    found = Similarity(
        exercise=exercise,
        submissions=count,
        compared=len(sheets),
        solutions=material.solutions,
        independent=tuple(round(share, 4) for share in material.calibration.pairs),
        limit=round(limit, 4),
        pairs=tuple(pairs),
        not_compared=tuple(silent),
    )
    named = {name for pair in pairs for name in (pair.first, pair.second)}
    return Comparison(found, {sheet.name: sheet for sheet in sheets if sheet.name in named})


def _sheet(arrival: Arrival, material: Material, printer: Fingerprinter, hidden: Path) -> Sheet:
    with tempfile.TemporaryDirectory(prefix="gw-in-", ignore_cleanup_errors=True) as scratch:
        path, _notes = arrive(arrival.gather(Path(scratch)), Path(scratch))
        target = Path(scratch, "taken")
        target.mkdir()
        taken = take_in(path, target, hidden=[hidden])
    sources = {name: text for name, text in taken.sources.items() if name.endswith(".py") and name not in material.provided}
    prints = printer.take(read(sources, material.vocabulary))
    return Sheet(arrival.name, sources, prints, left(prints, material.given))


def shared(one: Sheet, other: Sheet) -> Shared:
    """Return which lines of two submissions are shared, for a person who reads both."""
    runs, wholes = one.left[0] & other.left[0], one.left[1] & other.left[1]
    order = sorted(wholes, key=lambda value: one.prints.wholes[value])
    numbers = {value: number for number, value in enumerate(order, start=1)}
    return Shared(_marks(one, runs, numbers), _marks(other, runs, numbers))


def _marks(sheet: Sheet, runs: frozenset[int], numbers: dict[int, int]) -> dict[str, dict[int, int]]:
    """Return file → line → number. A line is marked when it is shared as a whole, or when most of its own runs are."""
    found: dict[int, int] = {}
    mine: dict[int, int] = {}
    alike: dict[int, int] = {}
    for value in sheet.left[0]:
        for place in sheet.prints.runs[value]:
            mine[place] = mine.get(place, 0) + 1
            alike[place] = alike.get(place, 0) + (value in runs)
    for place, count in mine.items():
        if 2 * alike[place] > count:
            found[place] = 0
    for value, number in numbers.items():
        for place in sheet.prints.wholes[value]:
            found[place] = number
    marks: dict[str, dict[int, int]] = {}
    for place, number in found.items():
        line = sheet.prints.lines[place]
        for row in range(line.first, min(line.last, line.first + 200) + 1):
            marks.setdefault(line.file, {})[row] = number
    return marks

"""How much two submissions share of what nobody gave them, and from where on that is more than independent work shares.

The overlap of two submissions is the mean of two containments, of runs and of whole lines: |A ∩ B| / min(|A|, |B|), after what
everybody was given is taken away from both. Sources: Broder, On the resemblance and containment of documents (1997); Schleimer,
Wilkerson & Aiken, Winnowing, SIGMOD 2003, for the fingerprints.

The limit: what independent solutions of this exercise share on average is m, moved towards the average of all exercises, since
it is the mean of few pairs. The limit is m + REACH · (1 − m), the same part of the way to identical in each exercise.
`python -m benchmarks similarity` says what that finds and what it reports wrongly.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gradewright.cohort.similarity.prints import Prints, values

#: Runs that are left of each of two submissions, at least. Below this the overlap says nothing.
LEAST = 50
#: The average overlap of independent solutions over the catalogue's exercises, and how many pairs it counts for.
USUAL, PAIRS = 0.24, 3
#: Part of the way from the average of independent solutions to identical ones.
REACH = 0.68

Values = tuple[frozenset[int], frozenset[int]]


@dataclass(frozen=True, slots=True)
class Overlap:
    """`share` is between 0 and 1; `runs` are left of the one with fewer, so that the share can be trusted or not."""

    share: float
    runs: int

    @property
    def enough(self) -> bool:
        return self.runs >= LEAST


def left(prints: Prints, given: Values) -> Values:
    """Return the values of a submission without those that everybody was given."""
    return frozenset(prints.runs) - given[0], frozenset(prints.wholes) - given[1]


def overlap(one: Values, other: Values) -> Overlap:
    """Return what two submissions share of what is left of each."""
    share = (_contained(one[0], other[0]) + _contained(one[1], other[1])) / 2
    return Overlap(share, min(len(one[0]), len(other[0])))


def _contained(one: frozenset[int], other: frozenset[int]) -> float:
    least = min(len(one), len(other))
    return len(one & other) / least if least else 0.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """What independent solutions of one exercise share: `pairs` sorted, and the `limit` above which a pair is listed."""

    pairs: tuple[float, ...]

    @property
    def mean(self) -> float:
        return average(self.pairs)

    @property
    def limit(self) -> float:
        return self.mean + REACH * (1 - self.mean)


def average(pairs: Sequence[float], usual: float = USUAL) -> float:
    """Return the mean of an exercise's independent overlaps, moved towards the usual one as if that were PAIRS more of them."""
    return (sum(pairs) + usual * PAIRS) / (len(pairs) + PAIRS)


def calibrate(solutions: Sequence[Prints], given: Collection[Prints]) -> Calibration:
    """Compare each pair of independent solutions, with all others and what everybody was given taken away from both."""
    found = [compared.share for _one, _other, compared in independent(solutions, given) if compared.enough]
    return Calibration(tuple(sorted(found)))


def independent(solutions: Sequence[Prints], given: Collection[Prints]) -> list[tuple[int, int, Overlap]]:
    """Return the overlap of each two solutions, with their places."""
    found = []
    for one, other in itertools.combinations(range(len(solutions)), 2):
        rest = values([*given, *(prints for place, prints in enumerate(solutions) if place not in (one, other))])
        found.append((one, other, overlap(left(solutions[one], rest), left(solutions[other], rest))))
    return found

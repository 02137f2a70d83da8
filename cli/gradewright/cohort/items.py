"""Classical item analysis as pure functions: how hard a point is, how well it agrees with the rest, how consistent all are.

A *matrix* is a sequence of rows, one a candidate; a row has one score a point, in the same order in every row. Scores are
integers from 0 to the point's weight, so sums are exact and rounding happens once, at the end.

Sources: Lord & Novick, Statistical Theories of Mental Test Scores (1968), chapters 4 and 15; Crocker & Algina, Introduction to
Classical and Modern Test Theory (1986), chapters 7 and 14; Kuder & Richardson, The theory of the estimation of test
reliability, Psychometrika 2 (1937), 151-160; Cronbach, Coefficient alpha and the internal structure of tests, Psychometrika 16
(1951), 297-334.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

#: Conventions: a point that fewer than HARD win tells little about most candidates, and so does one that more than EASY win.
HARD, EASY = 0.20, 0.80
#: Below this a point hardly tells those who do well from those who do not: Ebel's lowest band (Crocker & Algina, chapter 14).
WEAK = 0.20
#: Candidates from which a reliability is worth showing. With fewer its sampling error is wider than what it could tell.
ENOUGH = 30

Matrix = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Item:
    """One point: `n` candidates were judged on it, `difficulty` is p, `discrimination` is r. None where undefined."""

    n: int
    difficulty: float | None
    discrimination: float | None

    @property
    def flags(self) -> tuple[str, ...]:
        """Return `hard`, `easy`, `weak`, `reversed`, as they apply."""
        p, r = self.difficulty, self.discrimination
        found = []
        if p is not None and p < HARD:
            found.append("hard")
        if p is not None and p > EASY:
            found.append("easy")
        if r is not None and r < 0:
            found.append("reversed")
        elif r is not None and r < WEAK:
            found.append("weak")
        return tuple(found)


def difficulty(scores: Sequence[int], most: int) -> float | None:
    """Return p, the mean share of a point's weight that was earned; None without scores.

    p = (x_1 + … + x_n) / (n · most). For scores of 0 and `most` it is the proportion that won the point, so high means easy
    (Lord & Novick, chapter 15; Crocker & Algina, chapter 14).
    """
    return sum(scores) / (len(scores) * most) if scores else None


def correlation(left: Sequence[int], right: Sequence[int]) -> float | None:
    """Return Pearson's r of two sequences of the same length; None where one of them does not vary.

    r = (n Σxy − Σx Σy) / √((n Σx² − (Σx)²) (n Σy² − (Σy)²)). With x in {0, 1} it is the point-biserial correlation (Lord &
    Novick, chapter 15).
    """
    n = len(left)
    across = n * sum(x * y for x, y in zip(left, right, strict=True)) - sum(left) * sum(right)
    spread = _spread(left) * _spread(right)
    # Integers throughout: a sequence without variance gives an exact 0.
    return across / math.sqrt(spread) if spread else None


def item_rest(matrix: Matrix, index: int) -> float | None:
    """Return the corrected item-rest correlation of the point at `index`: r between its score and the sum of all others.

    The point itself is left out of the sum, or it would correlate with itself (Lord & Novick, chapter 15; Crocker &
    Algina, chapter 14). None for fewer than two candidates, a single point, or no variance on either side.
    """
    return correlation([row[index] for row in matrix], [sum(row) - row[index] for row in matrix])


def alpha(matrix: Matrix) -> float | None:
    """Return coefficient alpha; None for fewer than two candidates or points, or where totals do not vary.

    α = k/(k−1) · (1 − Σ var(item) / var(total)), with k points (Cronbach 1951; Lord & Novick, chapter 4; Crocker & Algina,
    chapter 7). Both variances divide by the same number, which cancels. It is a lower bound of the reliability; it may be
    negative.
    """
    columns = list(zip(*matrix, strict=True))
    k = len(columns)
    total = _spread([sum(row) for row in matrix])
    if k < 2 or not total:
        return None
    return k / (k - 1) * (1 - sum(map(_spread, columns)) / total)


def kr20(matrix: Matrix) -> float | None:
    """Return Kuder and Richardson's formula 20 for points won (1) or lost (0). Raises ValueError for other scores.

    KR-20 = k/(k−1) · (1 − Σ p(1−p) / σ²), with σ² the variance of the totals over n (Kuder & Richardson 1937). It is
    alpha for such points, since the variance of a 0/1 score is p(1−p).
    """
    if any(score not in (0, 1) for row in matrix for score in row):
        raise ValueError("formula 20 is for scores of 0 and 1; use alpha")
    n = len(matrix)
    columns = list(zip(*matrix, strict=True))
    k = len(columns)
    total = _spread([sum(row) for row in matrix])
    if k < 2 or not total:
        return None
    products = sum(sum(column) * (n - sum(column)) for column in columns)
    value: float = k / (k - 1) * (1 - products / total)
    return value


def analyse(rows: Sequence[Sequence[int | None]], weights: Sequence[int]) -> tuple[Item, ...]:
    """Return an Item a point. `rows` holds one row a graded candidate; None is a point that was not judged.

    p is over those judged on the point, r over those judged on every point: a rest score with holes in it is no score.
    """
    whole = complete(rows)
    items = []
    for index, weight in enumerate(weights):
        scores = [row[index] for row in rows]
        judged = [score for score in scores if score is not None]
        items.append(Item(len(judged), difficulty(judged, weight), item_rest(whole, index) if whole else None))
    return tuple(items)


@dataclass(frozen=True, slots=True)
class Reliability:
    """`name` is KR-20 or Coefficient alpha, `n` the candidates judged on every point; `value` is None where it is withheld."""

    name: str
    n: int
    value: float | None


def reliability(rows: Sequence[Sequence[int | None]], weights: Sequence[int]) -> Reliability:
    """Return KR-20 where all points weigh the same and are won or lost, else alpha; the value only from ENOUGH candidates."""
    whole = complete(rows)
    plain = len(set(weights)) == 1 and all(score in (0, weights[0]) for row in whole for score in row)
    if len(whole) < ENOUGH:
        value = None
    elif plain:
        value = kr20([[1 if score else 0 for score in row] for row in whole])
    else:
        value = alpha(whole)
    return Reliability("KR-20" if plain else "Coefficient alpha", len(whole), value)


def complete(rows: Sequence[Sequence[int | None]]) -> list[list[int]]:
    """Return the rows in which every point was judged."""
    found = []
    for row in rows:
        scores = [score for score in row if score is not None]
        if len(scores) == len(row):
            found.append(scores)
    return found


def quantile(values: Sequence[int], share: float) -> float:
    """Return a quantile by linear interpolation between order statistics, at (n − 1) · share (Hyndman & Fan 1996, type 7)."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _spread(values: Sequence[int]) -> int:
    """Return n² times the variance over n: exact, and 0 only where nothing varies."""
    return len(values) * sum(value * value for value in values) - sum(values) ** 2

"""Item analysis against a published example, against reference libraries, and at its edges."""

from __future__ import annotations

import random

import pytest

from gradewright.cohort import items

#: Section 6 of the Law School Admission Test, five items, 1000 people: how many gave each pattern of right answers, 00000 first
#: (Bock & Lieberman 1970, Psychometrika 35, 179-197).
LSAT6 = (3, 6, 2, 11, 1, 1, 3, 4, 1, 8, 0, 16, 0, 3, 2, 15, 10, 29, 14, 81, 3, 28, 15, 80, 16, 56, 21, 173, 11, 61, 28, 298)
#: What R's packages for item analysis print for it (ltm, psych, mirt): the share of right answers, the correlation with the
#: total without the item, and alpha of all items.
PROPORTIONS = (0.924, 0.709, 0.553, 0.763, 0.870)
ITEM_REST = (0.11, 0.15, 0.17, 0.14, 0.12)
ALPHA = 0.295


def lsat6():
    return [
        [int(sign) for sign in f"{pattern:05b}"] for pattern, count in enumerate(LSAT6) for _person in range(count)
    ]  # fmt: skip


def weighted(size, weights, seed):
    """Scores that hang together: each candidate has an ability."""
    draw = random.Random(seed)
    rows = []
    for _candidate in range(size):
        ability = draw.gauss(0, 1)
        rows.append([weight if ability + draw.gauss(0, 1) > 0.3 * index - 0.5 else 0 for index, weight in enumerate(weights)])
    return rows


def test_the_published_example():
    matrix = lsat6()
    analysed = items.analyse(matrix, [1] * 5)
    assert tuple(item.difficulty for item in analysed) == PROPORTIONS
    assert tuple(round(item.discrimination, 2) for item in analysed) == ITEM_REST
    assert round(items.kr20(matrix), 3) == ALPHA
    found = items.reliability(matrix, [1] * 5)
    assert (found.name, found.n, round(found.value, 3)) == ("KR-20", 1000, ALPHA)


@pytest.mark.parametrize(("size", "weights", "seed"), [(40, [3, 2, 2, 2, 1, 1], 1), (500, [1] * 9, 2), (31, [5, 1, 4], 3)])
def test_numpy_agrees(size, weights, seed):
    numpy = pytest.importorskip("numpy", reason="numpy is not installed: the reference computation is skipped")
    matrix = weighted(size, weights, seed)
    table = numpy.array(matrix, dtype=float)
    for index, item in enumerate(items.analyse(matrix, weights)):
        rest = table.sum(axis=1) - table[:, index]
        assert item.difficulty == pytest.approx(table[:, index].mean() / weights[index], abs=1e-9)
        assert item.discrimination == pytest.approx(numpy.corrcoef(table[:, index], rest)[0, 1], abs=1e-9)
    k = len(weights)
    expected = k / (k - 1) * (1 - table.var(axis=0, ddof=1).sum() / table.sum(axis=1).var(ddof=1))
    assert items.alpha(matrix) == pytest.approx(expected, abs=1e-9)
    for share in (0.25, 0.5, 0.75):
        totals = [sum(row) for row in matrix]
        assert items.quantile(totals, share) == pytest.approx(numpy.quantile(totals, share), abs=1e-9)


@pytest.mark.parametrize(("size", "weights", "seed"), [(40, [3, 2, 2, 2, 1, 1], 1), (500, [1] * 9, 2), (31, [5, 1, 4], 3)])
@pytest.mark.filterwarnings("ignore")
def test_pingouin_agrees(size, weights, seed):
    pingouin = pytest.importorskip("pingouin", reason="pingouin is not installed: its alpha is not compared")
    import pandas as pd

    matrix = weighted(size, weights, seed)
    value, _interval = pingouin.cronbach_alpha(data=pd.DataFrame(matrix))
    assert items.alpha(matrix) == pytest.approx(value, abs=1e-9)


def test_kr20_is_alpha_for_points_that_are_won_or_lost():
    matrix = weighted(60, [1] * 7, 4)
    assert items.kr20(matrix) == pytest.approx(items.alpha(matrix), abs=1e-12)
    scaled = [[3 * score for score in row] for row in matrix]
    assert items.reliability(scaled, [3] * 7).value == pytest.approx(items.kr20(matrix), abs=1e-12)
    with pytest.raises(ValueError, match="use alpha"):
        items.kr20(scaled)


def test_a_point_everybody_won_has_no_correlation():
    matrix = [[1, 0, 1], [1, 1, 1], [1, 0, 0]]
    first = items.analyse(matrix, [1, 1, 1])[0]
    assert (first.difficulty, first.discrimination, first.flags) == (1.0, None, ("easy",))


def test_one_candidate_has_shares_and_nothing_else():
    analysed = items.analyse([[3, 0]], [3, 2])
    assert [(item.n, item.difficulty, item.discrimination) for item in analysed] == [(1, 1.0, None), (1, 0.0, None)]
    assert items.alpha([[3, 0]]) is None


def test_nobody_and_a_single_point():
    assert items.analyse([], [1, 1])[0] == items.Item(0, None, None)
    assert items.alpha([]) is None
    assert items.reliability([], [1, 1]).value is None
    assert items.analyse([[1], [0]], [1])[0].discrimination is None
    assert items.alpha([[1], [0]]) is None


def test_a_point_that_was_not_judged_is_no_zero():
    rows = [[1, 1, 1], [0, 1, 0], [None, 0, 0], [1, 0, 1]]
    first = items.analyse(rows, [1, 1, 1])[0]
    assert (first.n, first.difficulty) == (3, pytest.approx(2 / 3))
    assert items.reliability(rows, [1, 1, 1]).n == 3


def test_reliability_is_withheld_below_thirty():
    matrix = weighted(40, [3, 2, 1], 5)
    assert items.reliability(matrix[:29], [3, 2, 1]).value is None
    found = items.reliability(matrix[:30], [3, 2, 1])
    assert (found.name, found.value) == ("Coefficient alpha", items.alpha(matrix[:30]))


@pytest.mark.parametrize(
    ("p", "r", "flags"),
    [
        (0.199, 0.5, ("hard",)),
        (0.20, 0.20, ()),
        (0.80, 0.5, ()),
        (0.81, 0.19, ("easy", "weak")),
        (0.5, 0.0, ("weak",)),
        (0.5, -0.01, ("reversed",)),
        (None, None, ()),
    ],
)
def test_flags(p, r, flags):
    assert items.Item(30, p, r).flags == flags

"""CSV, read by the standard library's reader."""

import csv
import io

import pytest
from tests.exports.conftest import HOSTILE

from gradewright.reports.neutral import cell
from gradewright.reports.table import HEAD, table


def test_it_round_trips(make):
    rows = list(csv.DictReader(io.StringIO(table(make("won", "lost", "not_run")))))
    assert [row["point"] for row in rows] == ["point-1", "point-2", "point-3"]
    assert [row["score"] for row in rows] == ["2", "0", ""], "what was not judged has no score"
    assert rows[1]["got"] == '{"a":2}'
    assert set(rows[0]) == set(HEAD)


def test_no_cell_is_a_formula_or_holds_what_acts(make):
    rows = list(csv.reader(io.StringIO(table(make("lost", text=HOSTILE)))))
    assert [len(row) for row in rows] == [len(HEAD)] * 2
    for value in rows[1]:
        assert not value.lstrip().startswith(("=", "+", "-", "@"))
        assert not {"\x00", "\x1b", "\n", "\r", "\u202e", "\ud800"}.intersection(value)


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "\uff1d1", "\x00=1"])
def test_a_formula_becomes_text(text):
    assert cell(text)[0] == "'" or cell(text)[0] == "\\"


@pytest.mark.parametrize("value", [0, -3, 1.5, "-0.25", "1e-05", "-1e-05", ""])
def test_a_number_stays_a_number(value):
    assert cell(value) == str(value)

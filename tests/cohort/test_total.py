"""`grade cohort --screen`: totals by the weights of screen.toml, for those who were graded in everything."""

from __future__ import annotations

import csv
import json

import pytest

SCREEN = (
    'title = "Backend screen"\n[[exercises]]\nexercise = "07-depends"\nweight = 3\n[[exercises]]\nexercise = "10"\nweight = 1\n'
)
TEN = {"one": 2, "two": 3}


@pytest.fixture
def out(verdict, put, tmp_path):
    """Two exercises: ada and bob did both, cyd's second could not be graded, dan sent only the first."""
    (tmp_path / "screen.toml").write_text(SCREEN)
    out = tmp_path / "out"
    for name, signs in {"ada": "111111", "bob": "110000", "cyd": "111111", "dan": "000000"}.items():
        put(out / "07-depends", name, verdict(signs))
    put(out / "10-yield-depends", "Ada", verdict("10", TEN, exercise="10-yield-depends"))
    put(out / "10-yield-depends", "bob", verdict("11", TEN, exercise="10-yield-depends"))
    put(out / "10-yield-depends", "cyd", verdict("--", TEN, exercise="10-yield-depends", state="ungradable"))
    return out


def run(grade, out, *arguments, code=0):
    page, table = out.parent / "screen.html", out.parent / "screen.csv"
    done = grade("cohort", out, "--screen", out.parent / "screen.toml", "-o", page, "--csv", table, *arguments)
    assert done.code == code, done.err
    return done


def test_totals_are_weighted_and_nothing_missing_is_a_zero(grade, out):
    done = run(grade, out)
    assert "Backend screen: 4 submissions to 2 exercises, 2 with a total" in done.out
    with (out.parent / "screen.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["submission"] for row in rows] == ["ada", "bob", "cyd", "dan"]
    # ada: (3 · 11/11 + 1 · 2/5) / 4; bob: (3 · 5/11 + 1 · 5/5) / 4.
    assert [row["total_percent"] for row in rows] == ["85.0", "59.1", "", ""]
    assert (rows[2]["10-yield-depends"], rows[3]["10-yield-depends"]) == ("ungradable", "nothing came")
    page = (out.parent / "screen.html").read_text()
    assert "<b>85.0</b>" in page
    assert "75 %" in page
    assert "<script" not in page


def test_json_and_pseudonyms(grade, out):
    found = json.loads(grade("--json", "cohort", out, "--screen", out.parent / "screen.toml", "-o", out.parent / "p.html").out)
    assert found["weights"] == {"07-depends": 3, "10-yield-depends": 1}
    assert found["totals"] == {"ada": 85.0, "bob": 59.1, "cyd": None, "dan": None}
    run(grade, out, "--anonymous")
    for name in ("screen.html", "screen.csv"):
        text = (out.parent / name).read_text().casefold()
        assert not [person for person in ("ada", "bob", "cyd") if f">{person}<" in text or f"{person}," in text]


def test_what_does_not_fit_is_told(grade, out, verdict, put):
    assert "for the report of one exercise" in run(grade, out, "--adjustments", out / "adj.csv", code=2).err
    (out.parent / "screen.toml").write_text(SCREEN + '[[exercises]]\nexercise = "09"\n')
    assert "has no folder 09-sub-depends" in run(grade, out, code=2).err
    put(out / "09-sub-depends", "ada", verdict("111111"))
    assert "holds results of 07-depends" in run(grade, out, code=2).err

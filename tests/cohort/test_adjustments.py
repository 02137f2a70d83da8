"""`grade cohort --adjustments`: changes by hand stand in the open, and what cannot be applied is refused."""

from __future__ import annotations

import json

import pytest

HEAD = "submission,point,delta,reason,who\n"


def test_adjustments_stand_beside_the_score(report, verdict, put, tmp_path, rows):
    out, table = tmp_path / "out", tmp_path / "cohort.csv"
    put(out, "ada", verdict("100000"))
    put(out, "bob", verdict("111111"))
    file = tmp_path / "adj.csv"
    file.write_text(
        f"{HEAD}ada,P2,+2,The brief left it open,r-02\nada,guard-only,2,Seen by hand,r-01\nbob,P6,\u22121,Copied,r-01\n"
    )
    done, page, words = report(out, "--adjustments", file, "--csv", table)
    assert "Median 7 of 11 points" in words.text, "as graded: 3 and 11"
    assert "ada P2 +2, so 3 becomes 5The brief left it openr-02" in words.text
    assert "ada P4 +2, so 5 becomes 7Seen by handr-01" in words.text
    assert "bob P6 \u22121, so 11 becomes 10" in words.text
    assert '<b>3</b> <span class="quiet">+4</span>' in page
    found = rows(table)
    assert (found["ada"]["score"], found["ada"]["adjustment"], found["ada"]["adjusted_score"]) == ("3", "4", "7")
    assert found["ada"]["adjusted_by"] == "P2 +2: The brief left it open (r-02); P4 +2: Seen by hand (r-01)"
    assert "adjusted 3 by hand" in done.out
    assert json.loads((out / "ada" / "result.json").read_text())["score"] == 3, "results are never changed"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("adda,P2,1,Why,r", "there is no submission 'adda'"),
        ("ada,P9,1,Why,r", "has no point 'P9'"),
        ("ada,P2,much,Why,r", "'much' is not a change"),
        ("ada,P2,0,Why,r", "is not a change"),
        ("ada,P2,1,,r", "the reason is missing"),
        ("ada,P2,1,Why,", "the who is missing"),
        ("ada,P2,3,Why,r", "would get 3 of 2"),
        ("ada,P1,-4,Why,r", "would get -1 of 3"),
        ("eva,P1,1,Why,r", "eva has no score to adjust"),
    ],
)
def test_an_adjustment_that_cannot_be_applied_is_refused(report, verdict, put, tmp_path, line, message):
    put(tmp_path / "out", "ada", verdict("100000"))
    put(tmp_path / "out", "eva", verdict("------", state="ungradable"))
    file = tmp_path / "adj.csv"
    file.write_text(f"{HEAD}{line}\n")
    done, _page, _words = report(tmp_path / "out", "--adjustments", file, code=2)
    assert message in done.err


def test_an_adjustments_file_names_its_columns(report, verdict, put, tmp_path):
    put(tmp_path / "out", "ada", verdict("100000"))
    (tmp_path / "adj.csv").write_text("submission,point,delta\nada,P1,-1\n")
    done, _page, _words = report(tmp_path / "out", "--adjustments", tmp_path / "adj.csv", code=2)
    assert "lacks the column reason" in done.err

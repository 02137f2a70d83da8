"""`grade cohort --anonymous`: nobody is named who should not be, and everybody keeps the name."""

from __future__ import annotations

import json
import re
import stat


def test_pseudonyms_name_nobody_and_stay_the_same(report, verdict, put, tmp_path, rows):
    out, table = tmp_path / "out", tmp_path / "cohort.csv"
    for name, signs in {"Ada Lovelace": "110000", "bob": "111111"}.items():
        put(out, name, verdict(signs))
    file = tmp_path / "adj.csv"
    file.write_text("submission,point,delta,reason,who\nbob,P1,-1,Seen with Ada Lovelace,r-01\n")
    _done, page, _words = report(out, "--anonymous", "--csv", table, "--adjustments", file)
    text = page + table.read_text()
    assert "Lovelace" not in text
    assert not re.search(r"\bbob\b", text)
    assert "report.html" not in page
    assert "4b4b4b" not in text, "the hash of a submission would tell whose it is"
    key = out / "pseudonyms.json"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    known = json.loads(key.read_text())
    assert sorted(known["names"].values()) == ["Ada Lovelace", "bob"]
    assert set(known["names"]) == set(rows(table))
    # Somebody sends late: everybody else keeps the name.
    put(out, "cyd", verdict("000000"))
    report(out, "--anonymous", "--csv", table)
    assert set(known["names"]) < set(rows(table))
    # The same key gives the same names for another exercise, another key does not.
    put(tmp_path / "next", "bob", verdict("000000"))
    report(tmp_path / "next", "--anonymous", "--csv", table, "--key", key)
    assert set(rows(table)) < set(known["names"])
    put(tmp_path / "own", "bob", verdict("000000"))
    report(tmp_path / "own", "--anonymous", "--csv", table)
    assert not set(rows(table)) & set(known["names"])


def test_a_damaged_key_is_not_replaced(report, verdict, put, tmp_path):
    put(tmp_path / "out", "ada", verdict("110000"))
    key = tmp_path / "out" / "pseudonyms.json"
    key.write_text('{"format": "gradewright/pseudonyms/v1", "names": {}}')
    done, _page, _words = report(tmp_path / "out", "--anonymous", code=2)
    assert "is no key of pseudonyms" in done.err
    assert "names" in key.read_text()
    done, _page, _words = report(tmp_path / "out", "--key", key, code=2)
    assert "--anonymous" in done.err

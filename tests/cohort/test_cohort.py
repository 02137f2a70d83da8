"""`grade cohort`: real figures only, and what cannot be read is told."""

from __future__ import annotations

import csv
import json
import re
from base64 import b64encode
from hashlib import sha256


def test_tiles_figures_and_links_are_those_of_the_results(report, verdict, put, tmp_path):
    out = tmp_path / "out"
    for name, signs in {"ada": "111111", "bob": "110000", "cyd": "100001", "dan": "100100"}.items():
        put(out, name, verdict(signs))
    put(out, "eva", verdict("------", state="ungradable"))
    put(out, "fay", verdict("1-----", state="limit"))
    put(out, "gus", verdict("------", state="rejected"))
    put(out, "hal", verdict("------", state="grader_error"))
    _done, page, words = report(out)
    tiles = dict(re.findall(r"<div><dt>([^<]+?) ?(?:<span>.*?</span>)?</dt><dd>(.*?)</dd></div>", page))
    assert (tiles["graded"], tiles["ungradable"], tiles["timed out"], tiles["grader failed"]) == ("4", "2", "1", "1")
    # Scores 11, 5, 4 and 5: a point of a grade that ran out of time counts nowhere.
    assert "Median 5 of 11 points" in words.text
    assert "0: 0, 1: 0, 2: 0, 3: 0, 4: 1, 5: 2, 6: 0, 7: 0, 8: 0, 9: 0, 10: 0, 11: 1. Median 5." in page
    assert 'href="../out/ada/report.html"' in page
    assert page.index(">ada<") < page.index(">bob<") < page.index(">cyd<") < page.index(">fay<")
    assert page.count("✘</span>") == 4 + 4 + 4, "lost points of those who were graded"
    assert "ran out" not in words.text
    assert "Too few to judge the points by." in words.text


def test_the_page_has_one_policy_one_style_and_no_script(report, make_cohort):
    _done, page, words = report(make_cohort(20))
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'" in page
    assert not {tag for tag, _attributes in words.tags} & {"script", "link", "img", "iframe", "object", "form", "base"}
    assert not [attributes for _tag, attributes in words.tags if {"style", "src", "onload", "onclick"} & set(attributes)]
    ids = [attributes["id"] for _tag, attributes in words.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_what_a_submission_says_stays_text(report, verdict, put, tmp_path):
    from gradewright.model import Problem

    problem = Problem(kind="import_error", title="<script>alert(1)</script> \x1b[31m\u202e", message="")
    put(tmp_path / "out", "ada", verdict("------", state="ungradable", problem=problem))
    _done, page, _words = report(tmp_path / "out")
    assert "<script>" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page


def test_reliability_is_hidden_below_thirty_and_says_why(report, make_cohort):
    _done, _page, words = report(make_cohort(25, "few"))
    assert "Coefficient alpha withheld" in words.text
    assert "it is shown from 30" in words.text
    _done, _page, words = report(make_cohort(50, "many"))
    assert re.search(r"Coefficient alpha -?\.\d\d45 judged on every point", words.text)


def test_points_of_one_weight_are_called_kr20(report, verdict, put, tmp_path):
    for number in range(31):
        put(tmp_path / "out", f"c{number}", verdict(f"{number % 8:03b}", {"one": 2, "two": 2, "three": 2}))
    _done, _page, words = report(tmp_path / "out")
    assert re.search(r"KR-20 .?\.\d\d31 judged", words.text)


def test_one_candidate_and_none_with_a_score(report, verdict, put, tmp_path):
    put(tmp_path / "one", "ada", verdict("110000"))
    _done, _page, words = report(tmp_path / "one")
    assert "Median 5 of 11 points" in words.text
    put(tmp_path / "none", "ada", verdict("------", state="ungradable"))
    _done, _page, words = report(tmp_path / "none")
    assert "No scores" in words.text
    assert "Nobody has a score" in words.text


def test_five_hundred_candidates_stay_usable(report, make_cohort):
    _done, page, _words = report(make_cohort(500))
    assert len(page.encode()) < 1_000_000
    assert page.count('<tr><th scope="row"><a href') == 500


def test_the_commonest_failures_are_counted_among_those_who_lost_the_point(report, verdict, put, tmp_path):
    out = tmp_path / "out"
    for number in range(3):
        put(out, f"c{number}", verdict("011111"))
    other = verdict("011111")
    first = other.points[0].model_copy(update={"message": "Something else."})
    put(out, "c9", other.model_copy(update={"points": (first, *other.points[1:])}))
    _done, _page, words = report(out)
    assert "A missing X-Token gave 422 where the brief asks for 401. 3 of the 4 who lost it" in words.text
    assert "Something else. 1 of the 4 who lost it" in words.text


def test_no_cell_is_a_formula(report, verdict, put, tmp_path):
    from gradewright.model import Problem

    table = tmp_path / "cohort.csv"
    problem = Problem(kind="import_error", title='=HYPERLINK("http://example.org")', message="")
    put(tmp_path / "out", "=cmd", verdict("------", state="ungradable", problem=problem))
    put(tmp_path / "out", "@ada", verdict("111111"))
    report(tmp_path / "out", "--csv", table)
    with table.open(encoding="utf-8", newline="") as file:
        cells = [value for row in csv.reader(file) for value in row]
    assert "'=cmd" in cells
    assert "'@ada" in cells
    assert not [value for value in cells if value.startswith(("=", "+", "@", "\t", "\r"))]


def test_what_cannot_be_read_is_told(report, verdict, put, tmp_path):
    out = tmp_path / "out"
    put(out, "ada", verdict("110000"))
    put(out, "cut", verdict("110000"))
    (out / "cut" / "key.json").unlink()
    put(out, "bad", verdict("110000"))
    (out / "bad" / "result.json").write_text('{"format": "gradewright/verdict/v1"}')
    _done, page, words = report(out, "--anonymous")
    assert "Left out: 2 that could not be read." in words.text
    assert "cut" not in page.partition("</style>")[2].replace("cut short", "")
    done, _page, words = report(out)
    assert "cut has no key.json" in words.text
    assert "is not a verdict: exercise: Field required" in words.text
    assert "1 submission, 1 graded" in done.out


def test_a_field_of_a_later_version_is_passed_over(report, verdict, put, tmp_path):
    put(tmp_path / "out", "ada", verdict("110000"))
    path = tmp_path / "out" / "ada" / "result.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "later": {"new": 1}}))
    _done, _page, words = report(tmp_path / "out")
    assert "1 of 1 graded" in words.text


def test_a_folder_is_one_exercise_in_one_version(report, verdict, put, tmp_path):
    put(tmp_path / "two", "ada", verdict("110000"))
    put(tmp_path / "two", "bob", verdict("110000", exercise="08-class-depends"))
    done, _page, _words = report(tmp_path / "two", code=2)
    assert "holds results of 07-depends and of 08-class-depends" in done.err
    put(tmp_path / "old", "ada", verdict("110000"))
    put(tmp_path / "old", "bob", verdict("11", {"one": 1, "two": 2}))
    done, _page, _words = report(tmp_path / "old", code=2)
    assert "graded on other points" in done.err
    (tmp_path / "empty").mkdir()
    done, _page, _words = report(tmp_path / "empty", code=2)
    assert "has no results in it" in done.err


def test_two_versions_of_a_suite_are_told_apart(report, verdict, put, tmp_path):
    from gradewright.model import Hashes

    put(tmp_path / "out", "ada", verdict("110000"))
    put(tmp_path / "out", "bob", verdict("110000", hashes=Hashes(submission="sha256:1", suite="sha256:2")))
    _done, _page, words = report(tmp_path / "out")
    assert "2 versions of the hidden suite" in words.text


def test_the_figures_as_json(grade, make_cohort, tmp_path):
    done = grade("--json", "cohort", make_cohort(50), "-o", tmp_path / "c.html")
    data = json.loads(done.out)
    assert (data["format"], data["submissions"], data["graded"]) == ("gradewright/cohort/v1", 50, 45)
    assert [point["id"] for point in data["points"]][:2] == ["injected-value", "shared-logic"]


def test_a_batch_is_what_it_reads(grade, make_root, make_app, tmp_path, read_page):
    suite = """
        from gradewright.suite import point


        @point("works")
        def test_works(client, expect):
            expect.status(client.get("/docs"), 200, "The docs should be there.")


        @point("more")
        def test_more(client, expect):
            expect.status(client.get("/more"), 200, "There should be more.")
    """
    root, subs = make_root(suite), tmp_path / "subs"
    make_app("from fastapi import FastAPI\n\napp = FastAPI()\n").rename(tmp_path / "kept")
    subs.mkdir()
    (tmp_path / "kept").rename(subs / "ada")
    (subs / "bob").mkdir()
    (subs / "bob" / "app.py").write_text("import surely_missing_package\n")
    done = grade("--root", root, "batch", subs, "-e", "01", "-o", tmp_path / "out", "--profile", "kata")
    assert done.code == 0, done.err
    done = grade("cohort", tmp_path / "out", "-o", tmp_path / "cohort.html")
    assert done.code == 0, done.err
    words = read_page((tmp_path / "cohort.html").read_text())
    assert "1 of 2 graded" in words.text
    assert "There should be more. 1 of the 1 who lost it" in words.text
    assert (tmp_path / "out" / "ada" / "report.html").is_file()
    assert {"href": "out/ada/report.html"} in [attributes for tag, attributes in words.tags if tag == "a"]

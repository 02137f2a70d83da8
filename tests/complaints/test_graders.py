"""What people who grade others have complained about, each with what answers it. docs/report.md has the table."""

import csv
import json
import time

import pytest

from gradewright.content.catalogue import Catalogue
from gradewright.content.root import find_root
from gradewright.reports.gradescope import gradescope
from gradewright.session.options import GradeOptions
from gradewright.session.steady import SteadyGrader

pytestmark = pytest.mark.engine

SPY = """
    import os
    import sys

    from fastapi import FastAPI

    app = FastAPI()
    found = []
    for start in ("/", *sys.path):
        for place, folders, files in os.walk(start or "."):
            folders[:] = [name for name in folders if name not in ("proc", "sys", "usr", "lib")]
            found += [f"{place}/{name}" for name in files if name.startswith("test_07_depends")]
    print("FOUND", found)
"""


def test_hidden_tests_leak(grade, make_app, repository, tmp_path):
    """nbgrader#917, #1363: the suite is out of the app's reach, and neither report nor verdict quotes a line of it."""
    done = grade("07", make_app(SPY), "--json", "-o", tmp_path / "r.html")
    assert "FOUND []" in done.verdict["output"]["text"]
    suite = (repository / "graders/07-depends/suite/test_07_depends.py").read_text()
    code = [line.strip() for line in suite.splitlines() if line.strip().startswith(("def ", "expect.", "with ", "assert "))]
    assert code
    told = done.out + (tmp_path / "r.html").read_text()
    assert [line for line in code if line in told] == []


def test_a_fault_of_the_grader_is_read_as_a_score(grade, make_root, make_app):
    """otter-grader#305: a suite that breaks is a grader error with an exit code of its own, and no score anywhere."""
    broken = """
        import pytest

        from gradewright.suite import point


        @pytest.fixture
        def thing():
            raise RuntimeError("the fixture is broken")


        @point("works")
        def test_works(thing):
            pass
    """
    done = grade("--root", make_root(broken), "01", make_app("from fastapi import FastAPI\napp = FastAPI()"), "--json")
    assert done.code == 4
    assert done.verdict["state"] == "grader_error"
    assert [point["status"] for point in done.verdict["points"]] == ["not_run"]
    from gradewright.model import Verdict

    assert "score" not in json.loads(gradescope(Verdict.model_validate(done.verdict)))


def test_one_hang_loses_the_batch(grade, cohort, tmp_path):
    """Markus#5567: a submission that hangs costs its own limit; every other one gets its result."""
    subs = cohort(ada="solutions/annotated", eve="solutions/router_guard", mallory="solutions/annotated")
    (subs / "mallory" / "app.py").write_text("while True:\n    pass\n")
    out = tmp_path / "out"
    done = grade("batch", subs, "-e", "07-depends", "-o", out, "--profile", "kata", "--start-limit", "2", "--no-report")
    assert done.code == 0, done.err
    with (out / "summary.csv").open() as file:
        rows = {row["submission"]: row for row in csv.DictReader(file)}
    assert [rows[name]["score"] for name in ("ada", "eve")] == ["11", "11"]
    assert rows["mallory"]["state"] in ("ungradable", "limit")


def test_slow_grading(repository):
    """otter-grader#413: one warm process imports pytest and the suite once, for all submissions of a batch or a watch."""
    root = find_root(str(repository))
    grader = SteadyGrader(root, Catalogue(root).load("07"), GradeOptions())
    try:
        engines = set()
        for _number in range(3):
            assert grader.grade(root.solutions("07-depends") / "annotated").score == 11
            engines.add(id(grader._engine))
        assert len(engines) == 1
    finally:
        grader.close()


def test_no_parallel_grading(grade, cohort, tmp_path):
    """nbgrader#174: submissions are graded side by side, `-j` at a time."""
    subs = cohort(ada="solutions/annotated", eve="solutions/annotated")
    for name in ("ada", "eve"):
        app = subs / name / "app.py"
        app.write_text(
            f"import time\nbefore = time.time()\ntime.sleep(4)\nprint('SPAN', before, time.time())\n{app.read_text()}"
        )
    out = tmp_path / "out"
    begun = time.time()
    done = grade("batch", subs, "-e", "07-depends", "-o", out, "-j", "2", "--profile", "kata", "--no-report")
    assert done.code == 0, done.err
    spans = []
    for name in ("ada", "eve"):
        text = json.loads((out / name / "result.json").read_text())["output"]["text"]
        line = next(line for line in text.splitlines() if line.startswith("SPAN"))
        spans.append([float(value) for value in line.split()[1:]])
    assert all(before >= begun for before, _after in spans)
    assert max(before for before, _after in spans) < min(after for _before, after in spans), "both slept at the same time"


def test_small_katas_break_similarity(grade, cohort):
    """JPlag#342: what everybody got, the starter and the provided code, is not what two submissions share."""
    pytest.importorskip("diffinite", reason="the extra `similar` is not installed")
    subs = cohort(ada="starter/07-depends", eve="starter/07-depends", mia="solutions/annotated")
    done = grade("--json", "similar", subs, "-e", "07-depends")
    assert done.code == 0, done.err
    assert json.loads(done.out)["pairs"] == []


def test_no_item_analysis(grade, cohort, tmp_path):
    """otter-grader#885: every point's difficulty and how well it tells candidates apart, from the batch's own folder."""
    subs = cohort(ada="solutions/annotated", eve="wrong/copy-paste", mia="wrong/late-check", tom="starter/07-depends")
    out = tmp_path / "out"
    assert grade("batch", subs, "-e", "07-depends", "-o", out, "--profile", "kata", "--no-report").code == 0
    told = json.loads(grade("--json", "cohort", out, "-o", tmp_path / "cohort.html").out)
    items = {item["id"]: item for item in told["points"]}
    assert items["injected-value"]["p"] == 0.75
    assert items["injected-value"]["n"] == 4
    assert {"r", "flags"} <= set(items["shared-logic"])

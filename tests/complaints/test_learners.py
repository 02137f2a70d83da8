"""What learners have complained about, each with what answers it. docs/report.md has the table."""

import json

import pytest

from gradewright.model import Exchange

pytestmark = pytest.mark.engine

#: A route in front of the right one, which never ends and lets nothing end it.
SWALLOW = """

@app.get("/items", include_in_schema=False)
def stuck():
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


app.router.routes.insert(0, app.router.routes.pop())
"""
SOLUTION = "graders/07-depends/solutions/annotated"


def test_all_green_and_then_points_lost(grade, repository):
    """otter-grader#138: there is one suite, so what a learner sees is the grade; the score is the sum of what is shown."""
    for path in (SOLUTION, "graders/07-depends/wrong/copy-paste", "starter/07-depends"):
        done = grade("07", repository / path, "--json", "--no-report")
        points = done.verdict["points"]
        won = [point for point in points if point["status"] == "won"]
        assert done.verdict["score"] == sum(point["max_score"] for point in won)
        assert (done.code == 0) is (len(won) == len(points))


def test_false_is_not_true(grade, repository):
    """CS131_release#79: a lost point says in words what should be, and what came, never just that something was false."""
    for name in ("copy-paste", "late-check", "untyped-paging", "direct-call"):
        verdict = grade("07", repository / "graders/07-depends/wrong" / name, "--json", "--no-report").verdict
        for point in verdict["points"]:
            if point["status"] == "lost":
                assert len(point["message"].split()) >= 4
                assert point["expected"]
                assert point["got"]
                assert point["got"].lower() not in ("true", "false", "none")


def test_the_useful_end_is_cut_off(lose, shown):
    """check50#379: a long value is cut around the place where it parts, so that the place stays in view."""
    start = '{"items":[' + '{"name":"same"},' * 200
    verdict = lose(start + '{"name":"right"}]}', start + '{"name":"wrong"}]}')
    for text in shown(verdict):
        assert '"right"' in text
        assert '"wrong"' in text


@pytest.mark.parametrize(
    ("expected", "got", "said"),
    [
        ('"abc"', '"abc "', "a space"),
        ('"5"', "5", "number"),
        ('"é"', '"e\u0301"', "different Unicode characters"),
        ('"a b"', '"a\u00a0b"', "no-break space"),
        ('{"a":1}', "{'a': 1}", "double quotes"),
    ],
)
def test_expected_and_got_look_the_same(lose, expected, got, said):
    """check50#220: what the eye would miss is said in words, in the terminal and in the report."""
    (point,) = lose(expected, got).points
    assert said in point.note
    assert any(mark.differs for mark in (*point.expected_marks, *point.got_marks))


def test_the_input_is_not_shown(lose, shown, grade, repository):
    """classroom50#1044: the request stands below expected and got, and again as a curl line to be repeated."""
    curl = "curl -i 'http://127.0.0.1:8000/items?skip=5'"
    exchange = Exchange(method="GET", target="/items?skip=5", status=200, reply="[]", held=False, curl=curl)
    for text in shown(lose("[1]", "[]", exchanges=(exchange,))):
        assert "request   GET /items?skip=5 -> 200 []" in text
        assert f"repeat    {curl}" in text
    assert "request   GET /" in grade("07", repository / "starter/07-depends", "--no-report").out


def test_a_report_that_is_not_escaped(grade, repository, make_app, tmp_path):
    """pytest-html#1024: whatever an app answers or prints is text on the page, which may not run scripts anyway."""
    bad = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    source = (repository / "starter/07-depends/app.py").read_text()
    page = tmp_path / "report.html"
    grade("07", make_app(f'{source}\nprint("{bad}")\n@app.get("/items")\ndef items():\n    return "{bad}"\n'), "-o", page)
    text = page.read_text()
    assert "<script" not in text
    assert "<img" not in text
    assert "&lt;script&gt;" in text
    assert "default-src 'none'" in text


def test_import_errors_that_say_nothing(grade, make_app):
    """nbgrader#1876: the learner's own line, what Python said, and what to write instead."""
    done = grade("07", make_app("from fastapi import FastAPI\nfrom .deps import get_db\napp = FastAPI()", deps="get_db = 1"))
    assert done.code == 3
    assert "UNGRADABLE" in done.out
    assert "app.py:2   from .deps import get_db" in done.out
    assert "attempted relative import" in done.out
    assert "from deps import get_db" in done.out
    assert "this is not a score" in done.out


def test_the_same_file_gets_two_grades(grade, repository, tmp_path):
    """selfie#122: one seed gives one verdict, whoever grades; `grade verify` does it again and says whether they agree."""
    path = repository / "graders/07-depends/wrong/late-check"
    seed = "00112233445566778899aabbccddeeff"
    first, again = (grade("07", path, "--seed", seed, "--json", "-o", tmp_path / "r.html").verdict for _number in range(2))
    for verdict in (first, again):
        for volatile in ("seconds", "created"):
            verdict.pop(volatile)
        for point in verdict["points"]:
            for exchange in point["exchanges"]:
                exchange.pop("seconds")
    assert [point["status"] for point in first["points"]] == [point["status"] for point in again["points"]]
    assert [point["message"] for point in first["points"]] == [point["message"] for point in again["points"]]
    done = grade("verify", tmp_path / "r.json", path)
    assert done.code == 0
    assert done.out.startswith("AGREES")


def test_timeouts_that_except_exception_evades(grade, make_app, repository):
    """check50#181: a limit ends a process from outside; no handler in it can catch that."""
    source = (repository / SOLUTION / "app.py").read_text()
    done = grade("07", make_app(source + SWALLOW), "--request-limit", "1", "--total-limit", "20", "--json", "--no-report")
    assert done.code in (1, 5)
    assert done.verdict["score"] < done.verdict["max_score"]
    assert "items" in json.dumps(done.verdict["points"])

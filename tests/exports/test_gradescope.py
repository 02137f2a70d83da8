"""results.json, against the fields that Gradescope documents (gradescope-autograders.readthedocs.io/en/latest/specs/)."""

import json

import pytest
from tests.exports.conftest import HOSTILE, STATES

from gradewright.reports.gradescope import gradescope, gradescope_failure

FORMATS = {"text", "html", "simple_format", "md", "ansi"}
VISIBILITY = {"hidden", "after_due_date", "after_published", "visible"}
TOP = {
    "score": (int, float), "execution_time": (int, float), "output": str, "output_format": FORMATS,
    "test_output_format": FORMATS, "test_name_format": FORMATS, "visibility": VISIBILITY, "stdout_visibility": VISIBILITY,
    "extra_data": dict, "tests": list, "leaderboard": list,
}  # fmt: skip
TEST = {
    "score": (int, float), "max_score": (int, float), "status": {"passed", "failed"}, "name": str, "name_format": FORMATS,
    "number": str, "output": str, "output_format": FORMATS, "tags": list, "visibility": VISIBILITY, "extra_data": dict,
}  # fmt: skip


def check(data, fields):
    for name, value in data.items():
        wanted = fields[name]
        assert value in wanted if isinstance(wanted, set) else isinstance(value, wanted), name


@pytest.mark.parametrize("state", STATES)
def test_every_field_is_documented_and_of_its_type(make, state):
    data = json.loads(gradescope(make("won", "lost", "not_run", state=state, text=HOSTILE)))
    check(data, TOP)
    for test in data.get("tests", ()):
        check(test, TEST)
    assert data["output_format"] == "text"
    assert data["extra_data"]["state"] == state


def test_scores_come_back(make):
    verdict = make("won", "lost", "won")
    data = json.loads(gradescope(verdict))
    assert (data["score"], data["execution_time"]) == (4, 1.25)
    assert [(test["number"], test["score"], test["status"]) for test in data["tests"]] == [
        ("1", 2, "passed"),
        ("2", 0, "failed"),
        ("3", 2, "passed"),
    ]
    assert "expected  " in data["tests"][1]["output"]
    assert data["tests"][0]["tags"] == ["point-1", "wire"]


def test_a_fault_of_the_grader_is_no_number(make):
    for text in (gradescope(make("not_run", state="grader_error")), gradescope_failure("it is gone")):
        data = json.loads(text)
        assert "score" not in data
        assert "tests" not in data
        assert "the grader failed, not your submission" in data["output"]


@pytest.mark.parametrize("state", ["ungradable", "rejected"])
def test_a_0_that_is_no_judgement_says_so(make, state):
    data = json.loads(gradescope(make("not_run", state=state)))
    assert data["score"] == 0
    assert "not a judgement of your work" in data["output"]


def test_text_is_plain(make):
    text = gradescope(make("lost", text=HOSTILE))
    assert text.isascii()
    told = json.loads(text)["tests"][0]["output"]
    assert not {"\x00", "\x1b", "\x08", "\u202e", "\ud800"}.intersection(told)


@pytest.mark.parametrize("content", [None, "", "{", '{"format": 1}', "[]", "\x00\xff"])
def test_it_is_written_even_when_there_is_no_verdict(grade, tmp_path, content):
    path = tmp_path / "result.json"
    if content is not None:
        path.write_text(content)
    out = tmp_path / "results" / "results.json"
    done = grade("export", path, "--format", "gradescope", "-o", out)
    assert done.code == 2
    assert "Traceback" not in done.err
    assert "GRADER ERROR" in json.loads(out.read_text())["output"]

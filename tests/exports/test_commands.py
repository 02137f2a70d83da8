"""`grade report` and `grade export` as people type them."""

import json

import pytest
from tests.exports.conftest import HOSTILE, STATES

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("form", ["junit", "gradescope", "github", "csv"])
def test_every_state_can_be_exported(grade, make, saved, form):
    for state in STATES:
        done = grade(
            "export", saved(make("lost", "not_run", state=state, text=HOSTILE.replace("\ud800", ""))), "--format", form
        )
        assert done.code == 0, done.err
        assert done.out


def test_a_report_for_each_audience(grade, repository, tmp_path):
    grade("07", repository / "graders/07-depends/wrong/copy-paste", "-o", tmp_path / "first.html")
    pages = {}
    for audience in ("learner", "candidate", "reviewer"):
        out = tmp_path / f"{audience}.html"
        done = grade("report", tmp_path / "first.json", "-o", out, "--audience", audience)
        assert done.code == 0, done.err
        assert str(out) in done.out
        pages[audience] = out.read_text()
    assert pages["learner"] == (tmp_path / "first.html").read_text(), "the same page as the grade wrote"
    assert "Hint 1" in pages["learner"]
    assert "A good answer" in pages["learner"]
    assert "A good answer" not in pages["candidate"]
    assert "Hint 1" not in pages["candidate"]
    assert "Hint 1" in pages["reviewer"]
    assert "A good answer" in pages["reviewer"]
    for page in pages.values():
        assert "sha256:" in page
        assert "Content-Security-Policy" in page


def test_the_integrity_details_are_for_the_reviewer(grade, repository, tmp_path, make_app):
    source = (repository / "graders/07-depends/solutions/annotated/app.py").read_text()
    grade("07", make_app(source + "\n\napp.dependency_overrides\n"), "-o", tmp_path / "r.html")
    for audience, told in (("candidate", False), ("reviewer", True)):
        grade("report", tmp_path / "r.json", "-o", tmp_path / "x.html", "--audience", audience)
        assert ("dependency_overrides" in (tmp_path / "x.html").read_text()) is told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["report", "missing.json"], "could not be read"),
        (["report", "bad.json"], "is not a verdict"),
        (["report", "other.json"], "is no exercise here"),
        (["export", "missing.json", "--format", "csv"], "could not be read"),
        (["export", "bad.json", "--format", "junit"], "is not a verdict"),
        (["export", "good.json", "--format", "xml"], "'xml' is not one of"),
        (["export", "good.json"], "Missing option '--format'"),
        (["export", "good.json", "--format", "csv", "--folder", "x"], "--folder is for --format github"),
        (["export", "good.json", "--format", "csv", "-o", "file/x.csv"], "could not be written"),
        (["report", "good.json", "-o", "file/x.html"], "could not be written"),
    ],
)
def test_a_mistake_is_told_and_exit_2(grade, make, tmp_path, arguments, said):
    folder = tmp_path / "cwd"
    (folder / "good.json").write_text(make("won").model_dump_json(by_alias=True))
    (folder / "other.json").write_text(make("won", exercise="99-unheard-of").model_dump_json(by_alias=True))
    (folder / "bad.json").write_text(json.dumps({"format": "something else"}))
    (folder / "file").write_text("")
    done = grade(*arguments)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err

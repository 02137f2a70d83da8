"""The main job for real: zygote, sandbox, hidden suite, report."""

import json
import re

import jsonschema
import pytest


@pytest.mark.parametrize("solution", ["annotated", "router_guard"])
def test_a_solution_gets_full_marks_and_exit_0(grade, repository, solution):
    done = grade("07-depends", repository / "graders/07-depends/solutions" / solution, "--json")
    assert done.code == 0, done.err
    verdict = done.verdict
    assert (verdict["state"], verdict["score"], verdict["max_score"]) == ("graded", 11, 11)
    assert [point["status"] for point in verdict["points"]] == ["won"] * 6
    assert verdict["app"] == "app:app"
    assert {"fastapi", "starlette", "pydantic", "uvicorn", "python", "gradewright"} <= verdict["versions"].keys()


def test_the_verdict_validates_against_the_published_schema(grade, repository):
    schema = json.loads((repository / "docs/verdict.schema.json").read_text())
    for path in ("graders/07-depends/solutions/annotated", "starter/07-depends"):
        jsonschema.validate(grade("07", repository / path, "--json").verdict, schema)


def test_the_published_schema_is_the_models(repository):
    from gradewright.model import verdict_schema

    assert json.loads((repository / "docs/verdict.schema.json").read_text()) == verdict_schema()


def test_nothing_started_yet_starts_grades_and_reports(grade, tmp_path):
    done = grade("07-depends")
    folder = tmp_path / "cwd"
    assert done.code == 1
    assert "put the starter and the brief" in done.err
    assert (folder / "07-depends" / "app.py").is_file()
    assert (folder / "07-depends" / "README.md").read_text().startswith("# 07")
    assert re.search(r"NOT YET +0/11 points", done.out)
    report = (folder / ".grade" / "07-depends.html").read_text()
    assert "0 of 11 points" in report
    assert grade("07-depends").code == 1, "a folder that is there is graded, not overwritten"


def test_a_wrong_solution_loses_exactly_what_it_should(grade, repository):
    done = grade("07", repository / "graders/07-depends/wrong/late-check", "--json")
    assert done.code == 1
    assert done.lost == ["runs-first", "guard-only"]


def test_the_same_seed_sends_the_same_requests(grade, repository):
    path = repository / "graders/07-depends/wrong/copy-paste"
    seed = "00112233445566778899aabbccddeeff"
    first, again = (grade("07", path, "--json", "--seed", seed).verdict for _run in range(2))
    other = grade("07", path, "--json").verdict

    def sent(verdict):
        return [exchange["target"] for point in verdict["points"] for exchange in point["exchanges"]]

    assert first["seed"] == seed
    assert sent(first) == sent(again)
    assert sent(first) != sent(other)
    assert len(other["seed"]) == 32


def test_fail_under_moves_the_line_between_0_and_1(grade, repository):
    path = repository / "graders/07-depends/wrong/copy-paste"  # 9 of 11
    assert grade("07", path, "--no-report", "--fail-under", "81").code == 0
    assert grade("07", path, "--no-report", "--fail-under", "82").code == 1


def test_a_grade_leaves_nothing_behind(grade, repository, tmp_path):
    """Neither in the submission's folder nor in the temporary folder."""
    submission = repository / "graders/07-depends/solutions/router_guard"
    before = sorted(path.relative_to(submission) for path in submission.rglob("*"))
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    done = grade("07", submission, "--json", env={"TMPDIR": str(temporary), "PATH": "/usr/bin:/bin"})
    assert done.code == 0, done.err
    assert list(temporary.iterdir()) == []
    assert sorted(path.relative_to(submission) for path in submission.rglob("*")) == before


def test_the_environment_of_the_user_does_not_reach_the_app(grade, make_app):
    source = """
        import os

        from fastapi import FastAPI

        app = FastAPI()
        print("SECRET" in "".join(os.environ), sorted(os.environ))
    """
    done = grade(
        "07", make_app(source), "--json", env={"AWS_SECRET": "SECRET", "PATH": "/usr/bin:/bin", "PYTHONPATH": "/SECRET"}
    )
    assert done.verdict["output"]["text"].startswith("False ")

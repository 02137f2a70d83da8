"""`grade verify`: the same verdict from the same submission, seed, suite and limits, or what differs."""

from __future__ import annotations

import json
import shutil

import pytest

pytestmark = pytest.mark.engine

SUITE = """
    from gradewright.suite import point


    @point("echo")
    def test_echo(client, expect, nonce):
        word = nonce()
        expect.json(client.get(f"/echo?word={word}"), {"word": word}, "It echoes.")


    @point("more")
    def test_more(client, expect):
        expect.status(client.get("/more"), 200, "There should be more.")
"""
APP = """
    from fastapi import FastAPI

    app = FastAPI()


    @app.get("/echo")
    def echo(word: str):
        return {"word": word}
"""


@pytest.fixture
def recorded(grade, make_root, make_app, tmp_path):
    """A graded submission; returns the root, its folder and its result.json."""
    root, folder = make_root(SUITE), make_app(APP)
    done = grade("--root", root, "01", folder, "--json", "--no-report", "--request-limit", "3")
    assert done.code == 1, done.err
    result = tmp_path / "result.json"
    result.write_text(done.out)
    return root, folder, result


def change(result, **fields):
    result.write_text(json.dumps({**json.loads(result.read_text()), **fields}))


def test_it_agrees_with_itself_and_uses_what_is_recorded(grade, recorded):
    root, folder, result = recorded
    verdict = json.loads(result.read_text())
    assert verdict["limits"] == {"start": 10.0, "request": 3.0, "total": 60.0}
    assert verdict["asked_app"] == ""
    done = grade("--root", root, "verify", result, folder)
    assert done.code == 0, done.out + done.err
    assert done.out.startswith(f"AGREES  01-made, seed {verdict['seed']}: recorded 1 of 2 (graded)")
    assert len(done.out.splitlines()) == 1


def test_a_changed_score_is_found(grade, recorded):
    root, folder, result = recorded
    verdict = json.loads(result.read_text())
    verdict["points"][1].update(status="won", score=1)
    change(result, points=verdict["points"], score=2)
    done = grade("--root", root, "verify", result, folder)
    assert done.code == 1
    assert "DIFFERS" in done.out
    assert "P2 more: recorded won, 1 of 1, now lost, 0 of 1" in done.out
    assert "score: recorded 2 of 2, now 1 of 2" in done.out


def test_a_changed_submission_and_a_changed_suite_are_found(grade, recorded):
    root, folder, result = recorded
    (folder / "notes.py").write_text("# later\n")
    suite = root / "graders/01-made/suite/test_01_made.py"
    suite.write_text(suite.read_text() + "\n# later\n")
    done = grade("--root", root, "--json", "verify", result, folder)
    assert done.code == 1
    told = json.loads(done.out)
    assert (told["format"], told["agrees"]) == ("gradewright/verification/v1", False)
    assert [each["what"] for each in told["differences"]] == ["submission", "suite"]


def test_a_submission_that_ends_otherwise_is_found(grade, recorded):
    root, folder, result = recorded
    (folder / "app.py").write_text("import surely_missing_package\n")
    done = grade("--root", root, "verify", result, folder)
    assert done.code == 1
    assert "state: recorded graded, now ungradable" in done.out
    assert "P1 echo: recorded won, 1 of 1, now not run, 0 of 1" in done.out


def test_other_versions_are_told_and_decide_nothing(grade, recorded):
    root, folder, result = recorded
    change(result, versions={**json.loads(result.read_text())["versions"], "fastapi": "0.1"})
    done = grade("--root", root, "verify", result, folder)
    assert done.code == 0, done.out
    assert "version of fastapi: recorded 0.1, now " in done.out


def test_a_result_of_a_batch_agrees_with_the_archive_that_was_sent(grade, recorded, tmp_path):
    root, folder, _result = recorded
    subs = tmp_path / "subs"
    subs.mkdir()
    shutil.make_archive(str(subs / "ada"), "zip", folder.parent, folder.name)
    done = grade("--root", root, "batch", subs, "-e", "01", "-o", tmp_path / "out", "--profile", "kata")
    assert done.code == 0, done.err
    done = grade("--root", root, "verify", tmp_path / "out/ada/result.json", subs / "ada.zip")
    assert done.code == 0, done.out + done.err


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"seed": "12"}, "is not a seed"),
        ({"limits": {"total": 1e9}}, "a limit is between"),
        ({"limits": {"request": -1}}, "a limit is between"),
        ({"profile": "none"}, "has no profile 'none'"),
        ({"exercise": "99-nothing"}, "There is no exercise"),
        ({"state": "perfect"}, "is not a verdict: state"),
    ],
)
def test_a_record_that_no_grade_wrote_is_refused(grade, recorded, fields, message):
    root, folder, result = recorded
    change(result, **fields)
    done = grade("--root", root, "verify", result, folder)
    assert done.code == 2
    assert message in done.err


def test_a_record_cannot_write_lines_of_its_own(grade, recorded):
    root, folder, result = recorded
    change(result, versions={"fastapi\nAGREES": "\x1b[2J"}, hashes={"submission": "x\nAGREES all is well", "suite": ""})
    done = grade("--root", root, "verify", result, folder)
    assert done.code == 1
    assert [line[:7] for line in done.out.splitlines()].count("DIFFERS") == 1
    assert not any(line.startswith("AGREES") for line in done.out.splitlines())
    assert "\x1b" not in done.out


def test_what_is_not_there_is_a_usage_error(grade, recorded):
    root, folder, result = recorded
    assert grade("--root", root, "verify", result, folder / "nowhere").code == 2
    assert grade("--root", root, "verify", folder / "no.json", folder).code == 2

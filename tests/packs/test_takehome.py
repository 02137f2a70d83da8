"""A take-home of a team's own: somebody else's project, graded unchanged by a suite that was written from its README alone.

The project has a package in src/, settings, a lifespan, SQLAlchemy, JWT, and tests of its own. `pack` is the private pack.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from gradewright.session.intake import hash_tree

pytestmark = pytest.mark.engine

HERE = Path(__file__).with_name("takehome")
PACK, PROJECT = HERE / "pack", HERE / "project"
GRADERS = PACK / "graders/60-toolshed"


def test_the_project_is_graded_as_it_is(grade, patient):
    before = hash_tree(PROJECT)
    done = grade("60", PROJECT, "--pack", PACK, "--json", *patient, timeout=450)
    assert (done.verdict["state"], done.verdict["score"], done.lost) == ("graded", 13, []), done.verdict["problem"]
    assert done.verdict["app"] == "toolshed.main:app"
    assert hash_tree(PROJECT) == before


def test_the_brief_promises_what_the_readme_says_and_the_reference_is_the_project():
    brief, readme = (path.read_text() for path in (PACK / "exercises/60-toolshed/README.md", PROJECT / "README.md"))
    assert readme.partition("## Settings")[2] == brief.partition("## Settings")[2]
    assert hash_tree(GRADERS / "solutions/packaged/src") == hash_tree(PROJECT / "src")


def test_bundle_batch_and_cohort_of_a_private_pack(grade, tmp_path, patient):
    bundled = grade("bundle", "60", "-o", tmp_path / "kata.zip", "--pack", PACK)
    assert bundled.code == 0, bundled.err
    with zipfile.ZipFile(tmp_path / "kata.zip") as archive:
        assert "60-toolshed/src/toolshed/main.py" in archive.namelist()
        assert b'"app": "toolshed.main:app"' in archive.read("smoke.py")
        archive.extractall(tmp_path / "candidate")
    subs, out = tmp_path / "subs", tmp_path / "out"
    subs.mkdir()
    # One sends the starter back, one a zip of a whole project, one a mistake.
    shutil.copytree(tmp_path / "candidate/60-toolshed", subs / "ada")
    shutil.make_archive(str(subs / "bob"), "zip", PROJECT.parent, "project")
    shutil.copytree(GRADERS / "wrong/ends-any-loan", subs / "eve", ignore=shutil.ignore_patterns("wrong.toml"))
    batch = ("batch", subs, "-e", "60", "-o", out, "--profile", "kata", "--pack", PACK, *patient)
    done = grade(*batch, timeout=450)
    assert done.code == 0, done.err
    rows = {row["submission"]: row for row in csv.DictReader(io.StringIO((out / "summary.csv").read_text()))}
    assert {name: row["score"] for name, row in rows.items()} == {"ada": "0", "bob": "13", "eve": "11"}
    figures = json.loads(grade("--json", "cohort", out, "-o", tmp_path / "cohort.html").out)
    assert (figures["exercise"], figures["graded"]) == ("60-toolshed", 3)
    page = (tmp_path / "cohort.html").read_text()
    assert "ownership" in page
    assert "somebody else" in page.lower()


def test_a_candidate_can_start_the_starter(grade, tmp_path):
    """smoke.py of the bundle finds a package in src/."""
    import subprocess
    import sys

    grade("bundle", "60", "-o", tmp_path / "kata.zip", "--pack", PACK)
    with zipfile.ZipFile(tmp_path / "kata.zip") as archive:
        archive.extractall(tmp_path / "candidate")
    done = subprocess.run([sys.executable, "smoke.py"], cwd=tmp_path / "candidate", capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.catalogue
def test_the_pack_holds(grade):
    done = grade("author", "check", "--all", "--pack", PACK, "--json", timeout=900)
    (record,) = json.loads(done.out)
    assert record["problems"] == []
    assert len(record["wrong"]) == 7

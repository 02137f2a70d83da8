"""docs/authoring.md, followed literally: its files and commands, in an empty folder, yield an exercise that holds."""

from __future__ import annotations

import pytest

PAGE = "docs/authoring.md"


def test_the_guide_uses_each_tool_in_order(steps):
    commands = [line for step in steps(PAGE) if step.is_command for line in step.text.splitlines()]
    words = [line.split()[2] if line.startswith("grade author") else line.split()[1] for line in commands]
    assert words == ["new", "check", "mutate", "transforms", "preview", "01-shipping"]


@pytest.mark.catalogue
def test_the_guide_builds_an_exercise_that_holds(steps, follow, installed, tmp_path):
    output = follow(steps(PAGE), installed=installed)
    assert "holds  01-shipping: starter 0, solutions 2 of 2 full, wrong 3 of 3 exact" in output
    assert "FAILS" not in output
    assert "mutants killed (100.0%)" in output
    assert "FULL MARKS  4/4 points" in output
    pages = tmp_path / "here/.grade/preview/01-shipping"
    assert (pages / "index.html").is_file()
    assert (pages / "report.html").is_file()


@pytest.mark.catalogue
def test_the_hole_that_the_guide_tells_of_is_found(steps, follow, tmp_path):
    """What it says would have happened with 100 in the place of 31, happens."""
    todo = [step for step in steps(PAGE) if step.file or "author new" in step.text]
    follow(todo)
    suite = tmp_path / "here/acme/graders/01-shipping/suite/test_01_shipping.py"
    suite.write_text(suite.read_text().replace("(0, 31, nonce())", "(0, 100, nonce())"))
    command = "grade author mutate 01-shipping --pack acme || true\n"
    output = follow([type(todo[0])("", "", command)])
    assert "survives (number)" in output
    assert "Query(ge=1, le=31)" in output

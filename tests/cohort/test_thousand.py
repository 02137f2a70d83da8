"""`python -m benchmarks thousand`, with few: its answers are right, it kills and resumes, and it notices a wrong grade."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


@pytest.fixture
def thousand(repository, monkeypatch):
    monkeypatch.syspath_prepend(repository)
    from benchmarks import thousand

    return thousand


def verdict(state="graded", **points):
    found = [{"id": name, "status": "won" if won else "lost"} for name, won in points.items()]
    return {"state": state, "problem": None, "points": found}


def test_a_wrong_grade_is_noticed(thousand):
    solution = thousand.Known("07", "solutions/a", frozenset({"graded"}), frozenset(), frozenset())
    wrong = thousand.Known("07", "wrong/b", frozenset({"graded"}), frozenset({"one"}), frozenset({"one", "two"}))
    forged = thousand.Known("07", "hostile forges wrong/b", frozenset({"graded", "limit"}), frozenset({"one"}), None)
    assert solution.check(verdict(one=True, two=True)) == ""
    assert solution.check(verdict(one=False, two=True)) == "solutions/a loses ['one']"
    assert solution.check(verdict("limit", one=True)).startswith("solutions/a is limit")
    assert wrong.check(verdict(one=False, two=False)) == ""
    assert wrong.check(verdict(one=True, two=False)) == "wrong/b wins ['one']"
    assert forged.check(verdict("limit", one=False, two=False)) == ""
    assert forged.check(verdict(one=True, two=False)) == "hostile forges wrong/b wins ['one']"


@pytest.mark.engine
def test_few_of_them_are_right_and_survive_a_kill(repository):
    command = [sys.executable, "-m", "benchmarks", "thousand", "--size", "16", "--only", "07", "--profile", "kata"]
    done = subprocess.run([*command, "--kills", "1", "--json"], cwd=repository, capture_output=True, text=True, timeout=600)
    found = json.loads(done.stdout)
    assert done.returncode == 0, found
    assert (found["submissions"], found["kills"], found["lost"], found["wrong"]) == (16, 1, [], [])

"""The waivers of the exercises: each explains a mutant that there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradewright.authoring.mutate import jobs_of
from gradewright.authoring.waivers import changed_lines, read_waivers
from gradewright.content.root import find_root

REPOSITORY = Path(__file__).parents[2]
WAIVED = sorted(path.parent.name for path in (REPOSITORY / "graders").glob("*/waivers.toml"))


def test_there_are_waivers():
    assert WAIVED


@pytest.mark.parametrize("slug", WAIVED)
def test_each_waiver_is_of_a_mutant_that_is_made(slug):
    """A rule that leaves more mutants alone, or a solution that changes, can take away what a waiver was for."""
    root = find_root(str(REPOSITORY))
    faults = {changed_lines(job.diff) for job in jobs_of(root, slug) if not job.mutant.free}
    assert [waiver.lines for waiver in read_waivers(root, slug).mutants if waiver.lines not in faults] == []

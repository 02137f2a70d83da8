"""Apps and suites that provoke what users of other graders have complained about."""

import shutil

import pytest

from gradewright.model import PointResult, Verdict
from gradewright.reports.diff import compare
from gradewright.reports.text import lines


@pytest.fixture
def lose():
    """Return the verdict of one lost point with these values on both sides."""

    def lose(expected, got, **more):
        found = compare(expected, got)
        point = PointResult(
            id="p", number=1, title="A point", status="lost", evidence="wire", score=0, max_score=1, question="Why?",
            message="It should be the same.", expected=expected, got=got, note=found.note, expected_marks=found.expected,
            got_marks=found.got, **more,
        )  # fmt: skip
        return Verdict(
            exercise="07-depends", title="Depends()", level="basic", minutes=1, state="graded", score=0, max_score=1,
            seed="0" * 32, points=(point,),
        )  # fmt: skip

    return lose


@pytest.fixture
def shown():
    """Return what a terminal of 80 columns shows of a verdict, and a pipe."""

    def shown(verdict):
        return ["\n".join(text for text, _style in lines(verdict, columns=columns)) for columns in (80, None)]

    return shown


@pytest.fixture
def cohort(tmp_path, repository):
    """Make a folder of submissions from folders of 07-depends, such as `solutions/annotated`; returns its path."""

    def cohort(**sources):
        for name, source in sources.items():
            place = repository / source if source.startswith("starter") else repository / "graders/07-depends" / source
            shutil.copytree(place, tmp_path / "subs" / name)
        return tmp_path / "subs"

    return cohort

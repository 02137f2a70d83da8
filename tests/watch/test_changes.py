"""What changed from one verdict to the next, in words."""

import pytest

from gradewright.reports.text import fitted, height, lines
from gradewright.watch.changes import describe


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("---", "--+", ["P3 now passes"]),
        ("+--", "---", ["P1 does not pass any more"]),
        ("---", "+++", ["P1, P2 and P3 now pass"]),
        ("++-", "--+", ["P3 now passes", "P1 and P2 do not pass any more"]),
        ("+-+", "+-+", ["No point changed"]),
        ("+.+", "+++", ["P2 now passes"]),
        ("+.+", "+-+", ["No point changed"]),
        ("+++", "+..", ["P2 and P3 were not judged this time"]),
    ],
)
def test_changes_are_told_by_number(build_verdict, before, after, told):
    assert describe(build_verdict(before), build_verdict(after)) == told


def test_the_first_verdict_and_one_without_judgement_tell_no_change(build_verdict):
    assert describe(None, build_verdict("+-")) == []
    assert describe(build_verdict("+-"), build_verdict("..")) == []
    assert describe(build_verdict("+-", slug="02-other"), build_verdict("-+")) == []


def test_a_screen_shows_as_many_lost_points_as_fit_and_counts_the_others(build_verdict):
    verdict = build_verdict("-----")

    def shown(most):
        return list(lines(verdict, report="r.html", most_lost=most))

    def blocks(found):
        return sum(text.startswith("✘") for text, _style in found)

    everything = height((text for text, _style in shown(None)), 80)
    assert blocks(fitted(shown, verdict, 80, everything)) == 5
    cut = fitted(shown, verdict, 80, everything - 1)
    assert 1 <= blocks(cut) < 5
    assert height((text for text, _style in cut), 80) < everything
    assert any("in the report" in text for text, _style in cut)
    assert blocks(fitted(shown, verdict, 80, 3)) == 1, "one lost point is shown however small the screen is"


def test_a_long_line_counts_with_the_rows_that_it_takes():
    assert height(["", "x" * 80, "x" * 81], 80) == 4

"""What every wrong solution of the catalogue is told. Takes some minutes: it grades them all, once."""

from __future__ import annotations

import pytest
from tests.feedback.page import REPOSITORY, collect, render, rows, screen

from gradewright.content.catalogue import Catalogue
from gradewright.content.root import find_root

pytestmark = pytest.mark.catalogue
SLUGS = Catalogue(find_root(str(REPOSITORY))).slugs()
#: Exercise and message → why several points say it: one cause decides them all.
SHARED = {
    ("02-asgi-vs-wsgi", "uvicorn should be able to serve raw:raw."): "nothing can be asked of what is not served",
    (
        "21-rbac",
        "No dependency called get_policy was found. The brief names it, and it is replaced by that name.",
    ): "both points replace it",
    (
        "30-testing",
        "At least one test should fail on each broken target. 2 of 2 went unnoticed.",
    ): "the points differ in the targets, which stand below as got",
    (
        "38-deployment",
        "The container's command, run in a copy of your folder, should serve main:app on the port in PORT.",
    ): "nothing can be asked of what does not serve",
}
#: What cannot stand on the screen: the check has no value of its own to expect.
WITHOUT = {("31-settings", "plain-str", "expected")}


@pytest.fixture(scope="module", params=SLUGS)
def told(request):
    return collect(request.param)


def test_every_wrong_solution_is_graded_and_loses_points(told):
    assert [each.name for each in told if each.verdict.state != "graded" or not each.points] == []


def test_no_message_is_empty(told):
    assert [(each.name, point.id) for each in told for point in each.points if len(point.message) < 10] == []


def test_two_points_never_say_the_same(told):
    said: dict[str, set[str]] = {}
    for each in told:
        for point in each.points:
            said.setdefault(point.message, set()).add(point.id)
    slug = told[0].slug
    assert {text: points for text, points in said.items() if len(points) > 1 and (slug, text) not in SHARED} == {}


def test_a_screen_holds_point_expected_got_and_request(told):
    lacking = []
    for each in told:
        first = next(point for point in each.verdict.points if point.status == "lost")
        shown = screen(each.verdict)
        words = [f"✘ P{first.number}  ", "\n      expected  ", "\n      got       ", "\n      request   "]
        lacking += [(each.slug, each.name, word.strip()) for word in words if word not in shown]
    assert [each for each in lacking if each not in WITHOUT] == []


def test_the_page_has_all_of_them(told):
    """The words are those of one run: what a clock decides may differ, which points are lost may not."""
    page = rows((REPOSITORY / "docs" / "feedback.md").read_text(encoding="utf-8"))
    slug = told[0].slug
    assert rows(render(told)) == {row for row in page if row[0] == slug}, "python -m tests.feedback > docs/feedback.md"

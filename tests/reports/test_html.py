"""The submission report: what stands in the page, and for whom."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any, get_args

import pytest

from gradewright.model import Exercise, Verdict
from gradewright.reports.html import Audience, render


def test_the_order_is_verdict_bar_lost_not_run_won_record(exercise: Exercise, partial: Verdict) -> None:
    page = render(partial, exercise)
    marks = [
        'class="row verdict"',
        'class="bar"',
        'id="g-lost"',
        'id="p2"',
        'id="g-idle"',
        'id="p6"',
        'id="g-won"',
        'id="p1"',
        'id="p3"',
        'id="p4"',
        'id="p5"',
        'id="g-look"',
        'id="g-out"',
        'id="record"',
    ]
    places = [page.index(mark) for mark in marks]
    assert places == sorted(places)
    assert '<a class="skip" href="#p2">Skip to the first lost point</a>' in page
    assert "<title>07-depends: partial, 8 of 11 points (Gradewright)</title>" in page
    assert "24 Nov 2026, 15:04 UTC" in page


def test_the_id_of_a_won_point_is_inside_its_details(exercise: Exercise, partial: Verdict) -> None:
    page = render(partial, exercise)
    for number in (1, 3, 4, 5):
        before = page[: page.index(f'id="p{number}"')]
        assert before.rindex("<details class=") > before.rindex("</details>") or "</details>" not in before


def test_the_evidence_of_a_lost_point(exercise: Exercise, partial: Verdict) -> None:
    page = render(partial, exercise)
    assert "<dt>Expected</dt><dd>{&#34;skip&#34;:<mark>5</mark>,&#34;limit&#34;:7}</dd>" in page
    assert '<mark>&#34;5<span class="ws"> </span>&#34;</mark>' in page
    assert "two characters, 5 and a space" in page
    text = html.unescape(re.sub("<[^>]*>", "", page))
    assert "2 of 3 checks differ, evidence: override, paired with wire" in text
    assert "paging overridden to return" in text
    assert "GET /items?limit=abc → 500 Internal Server Error" in text
    assert "app.py, line 16, in paging. Frames of FastAPI and Starlette are left out." in text
    assert "curl -i 'http://127.0.0.1:8000/users?skip=5%20&limit=7'\ncurl -i" in text
    assert "GET /items, 7 times → 200, 7 different replies" in text
    # the first differing exchange shows what the point shows already; only the second has a grid of its own
    lost = page[page.index('id="p2"') : page.index('id="g-idle"')]
    assert lost.count('<dl class="diff mini">') == 1
    assert lost.count('<span class="state won">') == 1  # both exchanges under the override share one item


def test_tabs_and_line_ends_are_shown_and_stay_in_the_text(
    exercise: Exercise, make_verdict: Callable[..., Verdict], make_point: Callable[..., Any]
) -> None:
    point = make_point(1, "lost", message="m", expected="a", got="a\t\n")
    page = render(make_verdict(points=(point,)), exercise)
    assert '<mark><span class="ws tab">\t</span><span class="eol">\n</span></mark>' in page


@pytest.mark.parametrize(("expected", "got", "told"), [("green", "blue", False), ("green", '"green"', True)])
def test_a_sentence_stands_below_two_texts_only_if_it_says_more(
    exercise: Exercise,
    make_verdict: Callable[..., Verdict],
    make_point: Callable[..., Any],
    expected: str,
    got: str,
    told: bool,
) -> None:
    point = make_point(1, "lost", message="m", expected=expected, got=got)
    page = render(make_verdict(points=(point,)), exercise)
    assert ('<p class="note">' in page) == told


def test_equal_texts_are_never_set_against_each_other(
    exercise: Exercise, make_verdict: Callable[..., Verdict], make_point: Callable[..., Any]
) -> None:
    point = make_point(1, "lost", message="They look the same.", expected="5", got="5")
    page = render(make_verdict(points=(point,)), exercise)
    assert "<dt>Expected</dt>" not in page
    assert "They look the same." in page


def test_a_cooperative_point_says_so(exercise: Exercise, make_verdict: Callable[..., Verdict]) -> None:
    page = render(make_verdict(*["won"] * 6), exercise)
    assert page.count("cooperative: an honest app reports this itself") == 1


def test_each_audience_sees_what_is_meant_for_it(exercise: Exercise, partial: Verdict) -> None:
    learner, candidate, reviewer = (
        render(partial, exercise, audience=audience, hints_opened={"shared-logic": 2}) for audience in get_args(Audience)
    )
    assert "2 of 3 opened at the terminal" in learner
    assert "opened at the terminal" not in reviewer
    for page in (learner, reviewer):
        assert "Hint 3, nearly the answer" in page
    assert "Hint 1" not in candidate
    assert "Who reads the query string" not in candidate
    for page in (learner, reviewer):
        assert "The ideal answer to shared-logic." in page
        assert "The follow-up of guard-only?" in page
        assert "For a reviewer to look at" in page
    assert "ideal answer" not in candidate
    assert "follow-up" not in candidate
    assert "For a reviewer to look at" not in candidate
    for page in (learner, candidate, reviewer):
        assert "What about <code>shared-logic</code>?" in page
        assert "<dt>Expected</dt>" in page
        assert "<code>app.py</code> is missing, so <code>main.py</code> was taken" in page


@pytest.mark.parametrize(
    ("statuses", "word", "title"),
    [
        (["won"] * 6, "Full marks", "full marks, 11 of 11 points"),
        (["lost"] * 6, "Not yet", "not yet, 0 of 11 points"),
        (["won"] + ["lost"] * 5, "Partial", "partial, 3 of 11 points"),
        (["not_run"] * 6, "Not yet", "not yet, 0 of 11 points"),
    ],
)
def test_state_is_always_a_word(
    exercise: Exercise, make_verdict: Callable[..., Verdict], statuses: list[str], word: str, title: str
) -> None:
    page = render(make_verdict(*statuses), exercise)
    assert f"</svg> {word}</p>" in page
    assert f"<title>07-depends: {title} (Gradewright)</title>" in page


@pytest.mark.parametrize(
    ("state", "kind", "word", "big", "exit_code"),
    [
        ("ungradable", "import_error", "Ungradable", "Nothing was checked", "3, "),
        ("limit", "time_limit", "Time limit", "Stopped at the time limit", "5, "),
        ("limit", "memory_limit", "Memory limit", "Stopped at the memory limit", "5, "),
        ("rejected", "rejected", "Rejected", "Nothing was run", "3, "),
        ("grader_error", "grader_error", "Grader error", "Nothing was judged", "4, "),
    ],
)
def test_without_a_grade_there_is_no_number_in_the_header(
    exercise: Exercise,
    make_verdict: Callable[..., Verdict],
    make_problem: Callable[..., Any],
    state: str,
    kind: str,
    word: str,
    big: str,
    exit_code: str,
) -> None:
    verdict = make_verdict(*["not_run"] * 6, state=state, problem=make_problem(kind=kind))
    page = render(verdict, exercise)
    header = page[page.index("<h1>") : page.index('<dl class="facts')]
    assert big in header
    assert "This is not a zero" in header or "this is not a zero" in header
    assert re.findall(r"\d+", re.sub("<[^>]*>", "", header)) == ["07", "25"]  # the exercise and its minutes
    assert "11 points" not in page
    assert f"</svg> {word}</p>" in page
    assert f"<dt>Exit code</dt><dd>{exit_code}" in page
    assert page.count("Not run</span>") == 6
    assert "ImportError</b>: attempted relative import" in page
    assert "Drop the dot" in page


def test_a_grader_error_blames_the_grader(
    exercise: Exercise, make_verdict: Callable[..., Verdict], make_problem: Callable[..., Any]
) -> None:
    verdict = make_verdict(*["not_run"] * 6, state="grader_error", problem=make_problem(kind="grader_error"))
    assert "The grader is at fault, not this submission, which was not judged." in render(verdict, exercise)


def test_a_limit_reached_midway_shows_what_was_judged(
    exercise: Exercise, make_verdict: Callable[..., Verdict], make_problem: Callable[..., Any]
) -> None:
    statuses = ["won", "lost", *["not_run"] * 4]
    page = render(make_verdict(*statuses, state="limit", problem=make_problem(kind="time_limit")), exercise)
    places = [page.index(f'id="{name}"') for name in ("g-prob", "g-lost", "g-idle", "g-won")]
    assert places == sorted(places)
    assert "<dt>Expected</dt>" in page


def test_a_problem_without_suggestions_still_says_what_to_try(
    exercise: Exercise, make_verdict: Callable[..., Verdict], make_problem: Callable[..., Any]
) -> None:
    problem = make_problem(kind="rejected", suggestions=(), try_="put the file itself there")
    page = render(make_verdict(*["not_run"] * 6, state="rejected", problem=problem), exercise)
    assert "<h4>Try this</h4>\n<p>put the file itself there</p>" in page


def test_a_factory_is_served_as_uvicorn_wants_it(exercise: Exercise, partial: Verdict) -> None:
    assert "<code>uvicorn app:app</code>" in render(partial, exercise)
    made = partial.model_copy(update={"app": "app:create_app()"})
    assert "<code>uvicorn --factory app:create_app</code>" in render(made, exercise)


def test_the_variables_that_an_app_needs_stand_before_the_command(exercise: Exercise, partial: Verdict) -> None:
    needs = exercise.model_copy(update={"environment": {"DATABASE_URL": "sqlite:///a.db", "NAME": "first look"}})
    page = html.unescape(render(partial, needs))
    assert "<code>DATABASE_URL=sqlite:///a.db NAME='first look' uvicorn app:app</code>" in page

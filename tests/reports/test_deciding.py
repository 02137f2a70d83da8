"""The request that a lost point is shown by is the one that its message speaks of."""

from __future__ import annotations

import re

from tests.reports.conftest import build_exercise, build_point, build_verdict

from gradewright.model import Exchange, Frame, PointResult
from gradewright.reports.github import commands
from gradewright.reports.html import render
from gradewright.reports.text import lines

#: A question that the suite asked to learn something, and could do without: no check was about it.
PING = Exchange(method="GET", target="/ping", held=False, error="no reply within 2 s", frames=(Frame(file="app.py", line=3),))
BOOK = Exchange(
    method="POST", target="/books", status=500, held=False, message="It should be 201.", frames=(Frame(file="app.py", line=9),)
)
GOOD = Exchange(method="GET", target="/authors", status=200, held=True)


def lost(*exchanges: Exchange, message: str = "It should be 201.") -> PointResult:
    return build_point(2, "lost", message=message, exchanges=exchanges)


def test_the_exchange_of_the_message_comes_before_others_that_differ() -> None:
    assert lost(GOOD, PING, BOOK).deciding is BOOK
    assert lost(GOOD, PING).deciding is PING
    assert lost(PING, GOOD, message="").deciding is PING
    assert lost(GOOD).deciding is GOOD
    assert lost().deciding is None


def test_the_terminal_and_an_annotation_show_that_one() -> None:
    verdict = build_verdict("won", "lost", points=(build_point(1, "won"), lost(GOOD, PING, BOOK)))
    text = "\n".join(line for line, _style in lines(verdict))
    assert "POST /books -> 500" in text
    assert "GET /ping" not in text
    assert "line=9," in commands(verdict)


def test_the_page_has_it_among_what_it_shows() -> None:
    many = [Exchange(method="GET", target=f"/{number}", status=200, held=True, error="x") for number in range(20)]
    page = render(build_verdict("lost", points=(lost(*many, BOOK, GOOD),)), build_exercise())
    text = re.sub("<[^>]*>", "", page)
    assert "POST /books → 500" in text
    assert "GET /10 " in text
    assert "GET /11 " not in text
    assert "10 more are in result.json." in text


def test_a_long_run_of_the_same_outcome_is_cut_short_and_the_command_that_decided_is_kept() -> None:
    runs = [GOOD.model_copy(update={"target": f"/{number}", "curl": f"curl :8000/{number}"}) for number in range(40)]
    decided = BOOK.model_copy(update={"curl": "curl :8000/books"})
    page = render(build_verdict("lost", points=(lost(*runs, decided),)), build_exercise())
    text = re.sub("<[^>]*>", "", page)
    assert "GET /5 → 200" in text
    assert "GET /6 → 200" not in text
    assert "34 more like these are in result.json." in text
    commands_shown = re.findall(r"curl :8000/\w+", text)
    assert commands_shown == [*(f"curl :8000/{number}" for number in range(11)), "curl :8000/books"]

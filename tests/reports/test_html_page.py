"""The submission report as a page: well formed, small, ready, and nothing from outside gets out of its place."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any, get_args

import jinja2
import pytest

from gradewright.model import Exchange, Exercise, Flag, Frame, Layer, Mark, Output, SourceLine, Suggestion, Verdict
from gradewright.reports.html import TEMPLATES, Audience, prepare, render

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&</pre></style> {{ 7*7 }}{% raw %} [bold red]x[/] "
    "\x1b[31mred\x1b]0;t\x07 \u202egnp\u2066 \x00 \u2028 `code` line\r\nend\ttab"
)
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]")
VOID = {"meta", "link", "img", "br", "hr", "input"}


class Tree(HTMLParser):
    """Collects tags with their attributes, ids and targets, and checks that every tag is closed where it should be."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)

    def values(self, name: str) -> list[str]:
        return [str(attributes[name]) for _, attributes in self.tags if name in attributes]


def all_pages(exercise: Exercise, *verdicts: Verdict) -> list[str]:
    return [render(verdict, exercise, audience=audience) for verdict in verdicts for audience in get_args(Audience)]


def test_the_policy_states_the_hash_of_the_style_and_allows_nothing_else(
    exercise: Exercise, partial: Verdict, ungradable: Verdict
) -> None:
    for page in all_pages(exercise, partial, ungradable):
        style = page.partition("<style>")[2].partition("</style>")[0]
        digest = b64encode(sha256(style.encode()).digest()).decode()
        assert f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'" in page
        assert style == (TEMPLATES / "report.css").read_text(encoding="utf-8")


def test_a_page_is_well_formed_and_asks_for_nothing(exercise: Exercise, partial: Verdict, ungradable: Verdict) -> None:
    for page in all_pages(exercise, partial, ungradable):
        tree = Tree(page)
        assert not {tag for tag, _ in tree.tags} & {"script", "link", "img", "iframe", "object", "form", "base"}
        assert not tree.values("style")
        assert not tree.values("src")
        outside = [link for link in tree.values("href") if not link.startswith("#")]
        assert set(outside) <= {"https://fastapi.tiangolo.com/tutorial/dependencies/"}
        ids = tree.values("id")
        assert len(ids) == len(set(ids))
        assert {link[1:] for link in tree.values("href") if link.startswith("#")} <= set(ids)
        assert {name for names in tree.values("aria-labelledby") for name in names.split()} <= set(ids)
        assert page.count("<h1>") == 1


def test_no_template_trusts_a_value() -> None:
    for template in TEMPLATES.glob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe|autoescape|Markup|style=|<script", text), template.name


def hostile_verdict(make_verdict: Callable[..., Verdict], make_point: Callable[..., Any], **fields: Any) -> Verdict:
    source = (SourceLine(number=1, text=HOSTILE, hit=True),)
    frame = Frame(file=HOSTILE, line=1, function=HOSTILE, source=source)
    exchange = {
        "method": HOSTILE,
        "target": HOSTILE,
        "headers": ((HOSTILE, HOSTILE),),
        "body": HOSTILE,
        "status": 500,
        "content_type": HOSTILE,
        "reply": HOSTILE,
        "overrides": (HOSTILE,),
        "message": HOSTILE + "2",
        "expected": HOSTILE,
        "got": HOSTILE + "3",
        "note": HOSTILE,
        "error": HOSTILE,
        "frames": (frame,),
        "curl": HOSTILE,
    }
    both = tuple(Exchange(held=held, **exchange) for held in (True, False, None))
    texts = {"title": HOSTILE, "message": HOSTILE, "question": HOSTILE, "exchanges": both}
    points = tuple(
        make_point(
            number,
            status,
            **texts,
            expected=HOSTILE,
            got=HOSTILE + "!",
            expected_marks=(Mark(text=HOSTILE, differs=True),),
            got_marks=(Mark(text=HOSTILE), Mark(text="!", differs=True)),
            note=HOSTILE,
        )
        for number, status in enumerate(("lost", "won", "not_run"), start=1)
    )
    known: dict[str, Any] = {
        "exercise": HOSTILE,
        "title": HOSTILE,
        "level": HOSTILE,
        "seed": HOSTILE,
        "profile": HOSTILE,
        "grants": (HOSTILE,),
        "points": points,
        "isolation": (Layer(name=HOSTILE, held=False, detail=HOSTILE),),
        "notes": (HOSTILE,),
        "flags": (Flag(kind=HOSTILE, message=HOSTILE, where=HOSTILE),),
        "output": Output(text=HOSTILE, size=9),
        "app": HOSTILE,
        "versions": {HOSTILE: HOSTILE, "gradewright": HOSTILE, "fastapi": HOSTILE},
        "created": HOSTILE,
    }
    return make_verdict(**known | fields)


def check_harmless(page: str) -> None:
    tree = Tree(page)
    assert not {tag for tag, _ in tree.tags} & {"script", "img"}
    assert not [name for _, attributes in tree.tags for name in attributes if name.startswith("on")]
    assert not RAW.search(page)
    assert "alert(1)" in tree.text
    assert "{{ 7*7 }}" in tree.text
    assert "[bold red]x[/]" in tree.text
    assert "\\x1b[31m" in tree.text
    assert "\\u202e" in tree.text
    assert "\\x00" in tree.text
    page.encode("utf-8")


@pytest.mark.parametrize("audience", get_args(Audience))
def test_hostile_text_in_every_field_of_a_graded_page_is_only_text(
    exercise: Exercise, make_verdict: Callable[..., Verdict], make_point: Callable[..., Any], audience: Audience
) -> None:
    check_harmless(render(hostile_verdict(make_verdict, make_point), exercise, audience=audience))


@pytest.mark.parametrize("state", ["ungradable", "limit", "rejected", "grader_error"])
def test_hostile_text_in_every_field_of_an_ungradable_page_is_only_text(
    exercise: Exercise,
    make_verdict: Callable[..., Verdict],
    make_point: Callable[..., Any],
    make_problem: Callable[..., Any],
    state: str,
) -> None:
    fields = dict.fromkeys(("kind", "title", "message", "exception", "where"), HOSTILE)
    frame = Frame(file=HOSTILE, line=1, source=(SourceLine(number=1, text=HOSTILE),))
    tries = (Suggestion(label=HOSTILE, code=HOSTILE),)
    problem = make_problem(**fields, frames=(frame,), suggestions=tries, files=(HOSTILE,), try_=HOSTILE)
    check_harmless(render(hostile_verdict(make_verdict, make_point, state=state, problem=problem), exercise))


@pytest.mark.parametrize("state", ["ungradable", "limit", "rejected", "grader_error"])
def test_a_verdict_with_little_in_it_renders(exercise: Exercise, make_verdict: Callable[..., Verdict], state: str) -> None:
    empty = {"app": "", "isolation": (), "versions": {}, "created": "", "seconds": {}, "output": Output()}
    Tree(render(make_verdict(*["not_run"] * 6, state=state, **empty), exercise))
    Tree(render(make_verdict(**empty), exercise))


def test_after_prepare_a_page_compiles_nothing(
    exercise: Exercise, partial: Verdict, ungradable: Verdict, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare()
    monkeypatch.setattr(jinja2.Environment, "compile", None)
    for page in all_pages(exercise, partial, ungradable):
        assert page.startswith("<!doctype html>")


def test_a_big_verdict_makes_a_page_below_200_kb(
    exercise: Exercise, make_verdict: Callable[..., Verdict], make_point: Callable[..., Any]
) -> None:
    reply = '{"items":["' + "<a b='c'> & " * 340 + '"]}'
    exchanges = tuple(
        Exchange(
            method="POST",
            target=f"/items/{number}?q=" + "x" * 500,
            body=reply,
            status=200,
            reply=reply,
            held=number % 2 == 0,
            message=f"differs {number}: {reply}",
            expected=reply,
            got=f"{number}{reply}",
            error=f"ValueError: {reply}",
        )
        for number in range(60)
    )
    points = tuple(
        make_point(number, "lost", message=reply, expected=reply, got="x" + reply, exchanges=exchanges)
        for number in range(1, 7)
    )
    page = render(make_verdict(points=points, output=Output(text=reply * 15, size=65536, cut=True)), exercise)
    assert len(page.encode()) < 200_000
    assert "more are in result.json" in page
    Tree(page)

"""The submission's report in a real browser: accessible, readable at once, offline, and harmless whatever was submitted."""

from __future__ import annotations

import pytest

from .conftest import STATES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(report, open_page, state, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page = open_page(report(state), scheme=scheme)
    # Also what is folded away must be right once it is opened.
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    found = axe.Axe().run(page)
    told = [(each["id"], each["nodes"][0]["html"][:200], each["nodes"][0].get("failureSummary", "")[:300])
            for each in found.response["violations"]]  # fmt: skip
    assert told == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("state", STATES)
def test_nothing_is_wider_than_the_window(report, open_page, state, width):
    page = open_page(report(state), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_first_failure_is_read_without_scrolling(report, open_page, width, height):
    page = open_page(report("partial"), width=width, height=height)
    box = page.get_by_text("Expected", exact=False).first.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= height


@pytest.mark.parametrize("state", STATES)
def test_page_is_one_small_file_without_requests(report, open_page, state):
    path = report(state)
    page = open_page(path)
    assert page.asked == [path.as_uri()]
    assert path.stat().st_size < 300_000


def test_hostile_text_is_only_text(report, open_page):
    page = open_page(report("hostile"))
    assert "pwned" not in page.title()
    assert page.locator("script").count() == 0
    assert page.locator("img[src=x]").count() == 0
    shown = page.inner_text("body")
    assert "\u202e" not in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize("state", STATES)
def test_page_works_without_script_and_style(report, open_page, state):
    page = open_page(report(state), scripts=False)
    plain = page.locator("body").inner_text()
    word = {"pass": "Full marks", "partial": "Partial", "ungradable": "Ungradable", "limit": "limit", "hostile": "Partial"}[
        state
    ]
    assert word.casefold() in plain.casefold()
    assert page.locator("h1").count() == 1


def test_keyboard_reaches_every_fold(report, open_page):
    page = open_page(report("partial"))
    # A fold inside a closed one is reached once that is open.
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    folds = page.locator("details > summary").count()
    reached = set()
    for _step in range(folds * 6 + 60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("[...document.querySelectorAll('summary')].indexOf(document.activeElement)"))
    assert reached >= set(range(folds))


def test_print_shows_what_is_folded(report, open_page):
    page = open_page(report("partial"))
    page.emulate_media(media="print")
    hidden = page.evaluate(
        "[...document.querySelectorAll('details')].filter(each => !each.open)"
        ".flatMap(each => [...each.children]).filter(each => each.tagName !== 'SUMMARY')"
        ".filter(each => !each.checkVisibility()).length"
    )
    assert hidden == 0

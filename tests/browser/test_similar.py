"""The page of similar pairs in a real browser: accessible, no wider than the window, one file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
pytest.importorskip("diffinite", reason="the extra `similar` is not installed")

SOURCE = """
def made_{n}(first, second):
    total = first * {n} + second // {m}
    return [total - step for step in range({m}, first)]
"""


@pytest.fixture(scope="session")
def page(tmp_path_factory):
    """A page with three pairs, one of two files, and one submission about which nothing is said."""
    place = tmp_path_factory.mktemp("similar")
    text = "".join(SOURCE.format(n=number, m=number * 7 + 1) for number in range(12))
    subs = {"ada": text, "bob": text + "# <b>bob</b>\n", "cyd": f"#{'long ' * 100}\n{text}", "dan": "x = 1\n"}
    for name, source in subs.items():
        (place / "subs" / name).mkdir(parents=True)
        (place / "subs" / name / "app.py").write_text(source)
    (place / "subs" / "ada" / "more.py").write_text("y = 2\n")
    command = [sys.executable, "-m", "gradewright", "--json", "similar", "subs", "-e", "07-depends", "-o", "similar.html"]
    done = subprocess.run(command, cwd=place, check=True, capture_output=True, timeout=100, text=True)
    assert len(json.loads(done.stdout)["pairs"]) == 3
    return Path(place / "similar.html")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page, open_page, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    found = axe.Axe().run(open_page(page, scheme=scheme))
    told = [(each["id"], each["nodes"][0]["html"][:200], each["nodes"][0].get("failureSummary", "")[:300])
            for each in found.response["violations"]]  # fmt: skip
    assert told == []


@pytest.mark.parametrize("width", [1280, 768, 390])
def test_nothing_is_wider_than_the_window(page, open_page, width):
    assert open_page(page, width=width).evaluate("document.documentElement.scrollWidth") <= width


def test_it_is_one_file_without_requests(page, open_page):
    assert open_page(page).asked == [page.as_uri()]

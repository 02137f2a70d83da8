"""The cohort's report in a real browser: accessible, no wider than the window, one file, links where there may be some."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

NAMES = {"five": 5, "fifty": 50, "anonymous": 50, "five hundred": 500}


def _build_cohort(out, size):
    """Use the records that the tests of `grade cohort` use."""
    path = Path(__file__).resolve().parents[1] / "cohort" / "conftest.py"
    spec = importlib.util.spec_from_file_location("cohort_records", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.build_cohort(out, size)


@pytest.fixture(scope="session")
def cohort(tmp_path_factory):
    """Return the path of a cohort's report by its name, made once."""
    made = {}

    def make(name):
        if name not in made:
            place = tmp_path_factory.mktemp("cohort")
            _build_cohort(place / "out", NAMES[name])
            (place / "adj.csv").write_text(
                "submission,point,delta,reason,who\ncandidate-001,P3,2,The brief left it `open`.,r-02\n"
            )
            command = [sys.executable, "-m", "gradewright", "cohort", "out", "--adjustments", "adj.csv"]
            command += ["--anonymous"] if name == "anonymous" else []
            subprocess.run(command, cwd=place, check=True, capture_output=True, timeout=100)
            made[name] = place / "cohort.html"
        return made[name]

    return make


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["five", "fifty", "anonymous"])
def test_axe_finds_nothing(cohort, open_page, name, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    found = axe.Axe().run(open_page(cohort(name), scheme=scheme))
    told = [(each["id"], each["nodes"][0]["html"][:200], each["nodes"][0].get("failureSummary", "")[:300])
            for each in found.response["violations"]]  # fmt: skip
    assert told == []


@pytest.mark.parametrize("width", [1280, 768, 390])
@pytest.mark.parametrize("name", list(NAMES))
def test_nothing_is_wider_than_the_window(cohort, open_page, name, width):
    page = open_page(cohort(name), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", list(NAMES))
def test_page_is_one_file_without_requests(cohort, open_page, name):
    path = cohort(name)
    page = open_page(path)
    assert page.asked == [path.as_uri()]
    assert path.stat().st_size < 1_000_000


def test_the_points_stay_in_view_among_five_hundred(cohort, open_page):
    page = open_page(cohort("five hundred"), height=800)
    page.locator(".heat tbody tr").nth(300).scroll_into_view_if_needed()
    box = page.locator(".heat thead th").nth(1).bounding_box()
    assert box is not None
    assert -1 <= box["y"] < 800


def test_a_link_leads_to_the_report(cohort, open_page):
    page = open_page(cohort("five"))
    page.locator(".heat tbody a").first.click()
    assert page.title() == "a report"
    assert open_page(cohort("anonymous")).locator(".heat tbody a").count() == 0


@pytest.fixture(scope="session")
def screen(tmp_path_factory):
    """The totals of a screen of two exercises, in which some were not graded."""
    place = tmp_path_factory.mktemp("screen")
    _build_cohort(place / "out" / "07-depends", 25)
    (place / "screen.toml").write_text('title = "Backend screen"\n[[exercises]]\nexercise = "07-depends"\nweight = 2\n')
    command = [sys.executable, "-m", "gradewright", "cohort", "out", "--screen", "screen.toml", "-o", "screen.html"]
    subprocess.run(command, cwd=place, check=True, capture_output=True, timeout=100)
    return place / "screen.html"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_totals(screen, open_page, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    found = axe.Axe().run(open_page(screen, scheme=scheme))
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found.response["violations"]] == []


@pytest.mark.parametrize("width", [1280, 390])
def test_the_totals_are_not_wider_than_the_window(screen, open_page, width):
    assert open_page(screen, width=width).evaluate("document.documentElement.scrollWidth") <= width

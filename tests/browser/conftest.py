"""Debian's Chromium, driven by Playwright; reports of real grades in every state."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
GRADERS = REPOSITORY / "graders" / "07-depends"
#: Text that would run, break out or hide if anything were not escaped.
HOSTILE = """
from fastapi import Depends, FastAPI, Query
NASTY = '</pre><script>document.title="pwned"</script><img src=x onerror=document.title="pwned">\\u202e\\x1b[2Jevil {{7*7}}'
print(NASTY)
app = FastAPI(title=NASTY)
def get_region(): return NASTY
def paging(skip: int = 0, limit: int = 10): return {"skip": NASTY, "limit": limit}
@app.get("/items")
def items(region=Depends(get_region), page=Depends(paging)): return {"region": NASTY, **page}
@app.get("/users")
def users(page=Depends(paging)): raise RuntimeError(NASTY)
"""
STATES = ("pass", "partial", "ungradable", "limit", "hostile")


def _submission(state: str, folder: Path) -> tuple[Path, list[str]]:
    if state == "pass":
        return GRADERS / "solutions" / "annotated", []
    if state == "partial":
        return GRADERS / "wrong" / "direct-call", []
    source = {
        "ungradable": "from .deps import get_db\nfrom fastapi import FastAPI\napp = FastAPI()\n",
        "limit": (GRADERS / "solutions" / "annotated" / "app.py").read_text()
        + '\n@app.middleware("http")\nasync def slow(request, call_next):\n    import asyncio\n    await asyncio.sleep(30)\n',
        "hostile": HOSTILE,
    }[state]
    folder.mkdir()
    (folder / "app.py").write_text(source)
    return folder, ["--total-limit", "2"] if state == "limit" else []


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Grade a submission that ends in this state, once, and return its report."""
    made: dict[str, Path] = {}

    def make(state: str) -> Path:
        if state not in made:
            place = tmp_path_factory.mktemp(state)
            path, options = _submission(state, place / "submission")
            page = place / "report.html"
            command = [sys.executable, "-m", "gradewright", "07-depends", str(path), "-o", str(page), *options]
            done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False, timeout=100)
            assert page.is_file(), done.stdout + done.stderr
            made[state] = page
        return made[state]

    return make


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A running browser, or a skip that says what is missing."""
    path = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if os.access(path, os.X_OK)), None)
    if path is None:
        pytest.skip("Chromium is not installed (Debian: apt install chromium)")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (the extra dev has it)")
    quiet = [
        "--no-sandbox",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=quiet)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Open a file in a page of its own: `open_page(path, width=…, scheme="dark")`. What it asks the network for is kept."""
    contexts = []

    def make(path: Path, *, width: int = 1280, height: int = 800, scheme: str = "light", scripts: bool = True) -> Any:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, java_script_enabled=scripts, bypass_csp=scripts
        )
        contexts.append(context)
        page = context.new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(path.as_uri())
        return page

    yield make
    for context in contexts:
        context.close()

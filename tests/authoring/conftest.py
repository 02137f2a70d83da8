"""A made exercise with a reference solution, for the tools that grade changed solutions."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

SOLUTION = """
    from fastapi import FastAPI, HTTPException

    app = FastAPI()


    @app.get("/double/{number}")
    def twice(number: int):
        if number > 100:
            raise HTTPException(404, detail="too large")
        return {"double": 2 * number}
"""


@pytest.fixture
def make_exercise(make_root: Callable[..., Path]) -> Callable[..., Path]:
    """Make a root whose exercise has one solution; `brief` and `waivers` become its README.md and waivers.toml."""

    def make(suite: str, *, brief: str = "# Brief\n", waivers: str = "") -> Path:
        root = make_root(suite)
        folder = root / "graders" / "01-made" / "solutions" / "plain"
        folder.mkdir(parents=True)
        (folder / "app.py").write_text(textwrap.dedent(SOLUTION).lstrip())
        (root / "exercises" / "01-made" / "README.md").write_text(brief)
        if waivers:
            (root / "graders" / "01-made" / "waivers.toml").write_text(textwrap.dedent(waivers))
        return root

    return make

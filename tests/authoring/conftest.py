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
    """Make a root whose exercise has one solution; `brief`, `waivers`, `free` become README.md, waivers.toml and free.toml."""

    def make(suite: str, *, brief: str = "# Brief\n", waivers: str = "", free: str = "") -> Path:
        root = make_root(suite)
        folder = root / "graders" / "01-made" / "solutions" / "plain"
        folder.mkdir(parents=True)
        (folder / "app.py").write_text(textwrap.dedent(SOLUTION).lstrip())
        (root / "exercises" / "01-made" / "README.md").write_text(brief)
        for name, text in (("waivers", waivers), ("free", free)):
            if text:
                (root / "graders" / "01-made" / f"{name}.toml").write_text(textwrap.dedent(text))
        return root

    return make

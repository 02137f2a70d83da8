"""Packs made for one test: as a folder, and as an installed package."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

#: A project of its own: its tests are not ours.
collect_ignore = ["takehome"]
SUITE = """
    from gradewright.suite import point


    @point("doubled")
    def test_double(client, expect, nonce):
        number = nonce.number()
        expect.json(client.get(f"/double/{number}"), {"double": 2 * number}, "It should be doubled.")
"""
APP = """
from fastapi import FastAPI

app = FastAPI()


@app.get("/double/{number}")
def double(number: int):
    return {"double": 2 * number}
"""


@pytest.fixture
def patient() -> tuple[str, ...]:
    """Options for a project that takes its time on a busy machine: Argon2, tests of its own, restarts."""
    return ("--start-limit", "60", "--request-limit", "40", "--total-limit", "400")


@pytest.fixture
def make_pack(make_root: Callable[..., Path], tmp_path: Path) -> Callable[..., Path]:
    """Make the pack acme with the exercise 90-double, in `tmp_path`/acme; `toml` is its pack.toml. Returns its folder."""

    def make(toml: str | None = 'name = "acme"\napi = 1\n', *, slug: str = "90-double") -> Path:
        root = make_root(SUITE)
        for tree in ("exercises", "starter", "graders"):
            (root / tree / "01-made").rename(root / tree / slug)
        suite = root / "graders" / slug / "suite"
        (suite / "test_01_made.py").rename(suite / f"test_{slug.replace('-', '_')}.py")
        if toml is not None:
            (root / "pack.toml").write_text(toml)
        return root.rename(tmp_path / "acme")

    return make


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A folder with an app that earns everything."""
    folder = tmp_path / "answer"
    folder.mkdir()
    (folder / "app.py").write_text(APP)
    return folder


@pytest.fixture
def install(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Put a pack where Python finds installed packages; returns the environment in which it is installed."""

    def put(pack: Path, *, name: str = "acme", module: str = "acme_pack") -> dict[str, str]:
        site = tmp_path / "site-packages"
        record = site / "acme_pack-1.2.dist-info"
        record.mkdir(parents=True)
        shutil.copytree(pack, site / "acme_pack")
        (site / "acme_pack" / "__init__.py").write_text("raise RuntimeError('a pack is read, never imported')\n")
        (record / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-pack\nVersion: 1.2\n")
        (record / "entry_points.txt").write_text(f"[gradewright.packs]\n{name} = {module}\n")
        (record / "RECORD").write_text("acme_pack/__init__.py,,\nacme_pack-1.2.dist-info/RECORD,,\n")
        return {**os.environ, "PYTHONPATH": str(site)}

    return put

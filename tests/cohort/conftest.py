"""Batches' folders made from records, so that a cohort of any size is there at once; reading of pages, tables and bundles."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from gradewright.cohort import bundle, screen
from gradewright.content.catalogue import Catalogue
from gradewright.content.root import ContentRoot
from gradewright.model import Hashes, Layer, PointResult, Problem, Verdict

POINTS = {"injected-value": 3, "shared-logic": 2, "runs-first": 2, "guard-only": 2, "per-request": 1, "params-surface": 1}
MESSAGES = ("`/items` did not follow the override.", "A missing `X-Token` gave 422 where the brief asks for 401.")


def build_verdict(won: str, points: dict[str, int] = POINTS, **fields: Any) -> Verdict:
    """Return a verdict from a text such as `110-01`: 1 won, 0 lost, - not run, a point each."""
    status = {"1": "won", "0": "lost", "-": "not_run"}
    results = tuple(
        PointResult(
            id=name,
            number=number,
            title=f"About {name}",
            status=status[sign],  # type: ignore[arg-type]
            evidence="wire",
            score=weight if sign == "1" else 0,
            max_score=weight,
            message="" if sign == "1" else MESSAGES[number % 2] if sign == "0" else "Nothing ran.",
            question="Why?",
        )
        for number, (sign, (name, weight)) in enumerate(zip(won, points.items(), strict=True), start=1)
    )
    known: dict[str, Any] = {
        "exercise": "07-depends",
        "title": "Depends()",
        "level": "basic",
        "minutes": 25,
        "state": "graded",
        "score": sum(result.score for result in results),
        "max_score": sum(points.values()),
        "seed": "9f3c51d0b8e64a17c25d90f1836b7ae2",
        "profile": "screen",
        "isolation": (Layer(name="landlock", held=True), Layer(name="seccomp", held=True)),
        "points": results,
        "hashes": Hashes(submission="sha256:" + "4b" * 32, suite="sha256:" + "c9" * 32),
        "versions": {"gradewright": "1.0.0", "fastapi": "0.163.2"},
        "created": "2026-11-24T15:04:00Z",
    }
    return Verdict(**known | fields)


def write_result(out: Path, name: str, verdict: Verdict) -> None:
    folder = out / name
    folder.mkdir(parents=True)
    (folder / "result.json").write_text(verdict.model_dump_json(by_alias=True))
    (folder / "key.json").write_text(json.dumps({"submission": name}))
    (folder / "report.html").write_text("<!doctype html><html><title>a report</title></html>")


def build_cohort(out: Path, size: int, seed: int = 7) -> Path:
    """Write a cohort of `size` candidates of different ability; of twenty, one is ungradable and one ran out of time."""
    draw = random.Random(seed)
    for number in range(size):
        ability = draw.gauss(0, 1.2)
        signs = "".join("1" if ability - hard + draw.gauss(0, 0.8) > 0 else "0" for hard in (-0.8, -0.3, 1.3, 0, 0.4, -1.6))
        fields: dict[str, Any] = {}
        if number % 20 == 3:
            signs, problem = "------", Problem(kind="import_error", title="app.py could not be imported", message="No.")
            fields = {"state": "ungradable", "problem": problem}
        elif number % 20 == 11:
            problem = Problem(kind="time_limit", title="The grade did not end within 60 s", message="Slow.")
            signs, fields = f"{signs[:2]}----", {"state": "limit", "problem": problem}
        write_result(out, f"candidate-{number:03d}", build_verdict(signs, **fields))
    return out


class Words(HTMLParser):
    """A page's tags with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))


@pytest.fixture
def verdict() -> Callable[..., Verdict]:
    return build_verdict


@pytest.fixture
def put() -> Callable[[Path, str, Verdict], None]:
    return write_result


@pytest.fixture
def make_cohort(tmp_path: Path) -> Callable[..., Path]:
    """Write a cohort of so many candidates; returns the folder as `grade batch -o` would leave it."""

    def make(size: int, name: str = "out") -> Path:
        return build_cohort(tmp_path / name, size)

    return make


@pytest.fixture
def read_page() -> Callable[[str], Words]:
    return Words


@pytest.fixture
def report(grade: Callable[..., Any], tmp_path: Path) -> Callable[..., tuple[Any, str, Words]]:
    """Run `grade cohort`; returns the finished command, the page and, parsed, its words."""

    def run(out: Path, *arguments: str | Path, code: int = 0) -> tuple[Any, str, Words]:
        target = tmp_path / "pages" / "cohort.html"
        done = grade("cohort", out, "-o", target, *arguments)
        assert done.code == code, done.err
        page = target.read_text(encoding="utf-8") if code == 0 else ""
        return done, page, Words(page)

    return run


@pytest.fixture
def rows() -> Callable[[Path], dict[str, dict[str, str]]]:
    """Return the rows of a cohort's CSV, by submission."""

    def read(path: Path) -> dict[str, dict[str, str]]:
        with path.open(encoding="utf-8", newline="") as file:
            return {row["submission"]: row for row in csv.DictReader(file)}

    return read


@pytest.fixture
def root(repository: Path) -> ContentRoot:
    return ContentRoot(repository, "option")


@pytest.fixture
def bundle_of() -> Callable[..., bytes]:
    """Build the bundle of these exercises of a root."""

    def build(root: ContentRoot, *names: str) -> bytes:
        catalogue = Catalogue(root)
        return bundle.build(catalogue, screen.resolve(screen.of(names), catalogue))

    return build


@pytest.fixture
def members() -> Callable[[bytes], dict[str, bytes]]:
    """Return the files of a bundle, by name."""

    def read(content: bytes) -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    return read

"""Every wrong solution of the catalogue and what its author is told."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gradewright.content.catalogue import Catalogue
from gradewright.content.root import ContentRoot, find_root
from gradewright.model import PointResult, Verdict
from gradewright.reports.fitting import clean
from gradewright.reports.text import lines
from gradewright.session.options import GradeOptions
from gradewright.session.steady import SteadyGrader

REPOSITORY = Path(__file__).resolve().parents[2]
SEED = "00112233445566778899aabbccddeeff"
HEAD = """# Feedback

What the author of each wrong solution is told: for every point that it loses, the message of the first check that did not hold.
Below it, a grade shows what was expected, what came, and the request. The suite's code is never shown.

Made by `python -m tests.feedback > docs/feedback.md`, which grades them all with one seed. A test of the set `catalogue` sees
to it that no message is empty, that two points of an exercise never say the same, and that a screen of 24 by 80 holds what
matters.
"""


@dataclass(frozen=True)
class Told:
    """One wrong solution: its verdict, why it is wrong, and the points that it must lose."""

    slug: str
    title: str
    name: str
    why: str
    lost: tuple[str, ...]
    verdict: Verdict

    @property
    def points(self) -> list[PointResult]:
        """The points that it must lose and has lost. What it may lose depends on the run."""
        return [point for point in self.verdict.points if point.id in self.lost and point.status == "lost"]


def collect(only: str = "") -> list[Told]:
    """Grade every wrong solution, or those of one exercise."""
    root = find_root(str(REPOSITORY))
    catalogue = Catalogue(root)
    slugs = [slug for slug in catalogue.slugs() if only in ("", slug) and root.wrong(slug).is_dir()]
    return [told for slug in slugs for told in _grade(root, catalogue, slug)]


def _grade(root: ContentRoot, catalogue: Catalogue, slug: str) -> Iterator[Told]:
    exercise = catalogue.load(slug)
    grader = SteadyGrader(root, exercise, GradeOptions(seed=SEED))
    try:
        for folder in sorted(path.parent for path in root.wrong(slug).glob("*/wrong.toml")):
            data = tomllib.loads((folder / "wrong.toml").read_text(encoding="utf-8"))
            yield Told(slug, exercise.title, folder.name, data["why"], tuple(data["lost"]), grader.grade(folder))
    finally:
        grader.close()


def render(found: Iterable[Told]) -> str:
    """Return the page."""
    parts = [HEAD]
    slug = ""
    for told in found:
        if told.slug != slug:
            slug = told.slug
            parts.append(
                f"\n## {slug}: {_cell(told.title)}\n\n| wrong solution | point | what its author is told |\n|---|---|---|\n"
            )
        name = f"{told.name}: {_cell(told.why)}"
        for point in told.points:
            parts.append(f"| {name} | P{point.number} {point.id} | {_cell(point.message)} |\n")
            name = ""
    return "".join(parts)


def _cell(text: str) -> str:
    # What a clock has measured is another number each time.
    steady = re.sub(r"\b\d+\.\d+ s\b", "… s", " ".join(text.split()))
    return clean(steady, 1000).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def rows(page: str) -> set[tuple[str, str, str]]:
    """Return (exercise, wrong solution, point id) of every row of the page."""
    found = set()
    slug = name = ""
    for line in page.splitlines():
        if line.startswith("## "):
            slug = line.removeprefix("## ").partition(":")[0]
        elif line.startswith("| ") and not line.startswith("| wrong solution"):
            first, point = (cell.strip() for cell in line.split(" | ")[:2])
            name = first.removeprefix("|").strip().partition(":")[0] or name
            found.add((slug, name, point.partition(" ")[2]))
    return found


def screen(verdict: Verdict) -> str:
    """Return the first 24 rows of 80 columns of what `grade` prints at a terminal."""
    rows: list[str] = []
    for text, _style in lines(verdict, report=f".grade/{verdict.exercise}.html", columns=80):
        rows += [text[at : at + 80] for at in range(0, max(len(text), 1), 80)]
    return "\n".join(rows[:24])

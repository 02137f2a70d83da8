"""The map from every statement of the source documents to the interview points that ask for it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
HEAD = """# Curriculum

What the catalogue covers: every statement of the four documents it grew from (a course outline, interview notes, a list of
questions, a cheat sheet), and the points that ask for it. † stands for a statement that is opinion or recall: it is on the
point's card, to be said aloud, and not scored.

Made from `curriculum.toml` by `python -m tests.curriculum`; a test compares it with the exercises.
"""


def statements() -> list[dict[str, Any]]:
    """Return the entries of docs/curriculum.toml, in order."""
    return list(tomllib.loads((REPOSITORY / "docs" / "curriculum.toml").read_text(encoding="utf-8"))["statement"])


def catalogue() -> dict[str, tuple[str, set[str]]]:
    """Return number → (slug, point ids) of the exercises that exist."""
    found = {}
    for path in sorted((REPOSITORY / "exercises").glob("*/exercise.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        found[path.parent.name[:2]] = (path.parent.name, {point["id"] for point in data["points"]})
    return found


def render() -> str:
    """Return the page."""
    exercises = catalogue()
    parts = [HEAD]
    document = ""
    for entry in statements():
        if entry["id"][:4] != document:
            document = entry["id"][:4]
            parts.append(f"\n## Document {document[1:]}\n\n| statement | about | points |\n|---|---|---|\n")
        shown = ", ".join(_point(name, exercises) for name in entry["points"]) or entry.get("note", "")
        about = entry["about"].replace("|", "\\|")
        parts.append(f"| {entry['id']} | {about} | {shown} |\n")
    return "".join(parts)


def _point(name: str, exercises: dict[str, tuple[str, set[str]]]) -> str:
    number, _slash, point = name.partition("/")
    slug = exercises[number][0]
    return f"[{number}](../exercises/{slug}/README.md)/{point}"

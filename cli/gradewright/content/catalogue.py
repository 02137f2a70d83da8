"""The exercises below a content root, read on demand."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gradewright.content.root import ContentRoot
from gradewright.errors import ContentError, UnknownExercise, UnknownPoint, did_you_mean
from gradewright.model import Exercise, Point


class Catalogue:
    """Reads exercises by what a person types: `07-depends`, `07`, `7` or `depends`."""

    def __init__(self, root: ContentRoot) -> None:
        self.root = root

    def slugs(self) -> list[str]:
        """Return every exercise's slug, in order."""
        folder = self.root.path / "exercises"
        return sorted(path.name for path in folder.iterdir() if (path / "exercise.toml").is_file())

    def resolve(self, name: str) -> str:
        """Return the slug that `name` means. Raises UnknownExercise with the closest match."""
        slugs = self.slugs()
        wanted = name.strip().rstrip("/").lower()
        if wanted in slugs:
            return wanted
        number = f"{int(wanted):02d}" if re.fullmatch(r"\d{1,2}", wanted) else None
        matches = [slug for slug in slugs if slug.partition("-")[0] == number or slug.partition("-")[2] == wanted]
        if not matches and len(wanted) >= 3:
            matches = [slug for slug in slugs if slug.partition("-")[2].startswith(wanted)]
        if len(matches) == 1:
            return matches[0]
        if len(matches) > 1:
            raise UnknownExercise(f"{name} could be {', '.join(matches)}.", hint="type one of them in full")
        hint = did_you_mean(wanted, [*slugs, *(slug.partition("-")[2] for slug in slugs)])
        raise UnknownExercise(f"There is no exercise {name!r}.", hint=hint or "grade list shows all of them")

    def load(self, name: str) -> Exercise:
        """Return the exercise that `name` means. Raises UnknownExercise or ContentError."""
        slug = self.resolve(name)
        path = self.root.exercise(slug) / "exercise.toml"
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ContentError(f"{path}: {error}") from None
        return parse_exercise(slug, data, path, str(self.root.path))

    def all(self) -> list[Exercise]:
        return [self.load(slug) for slug in self.slugs()]

    def brief(self, exercise: Exercise) -> str:
        """Return the brief, as Markdown."""
        return (self.root.exercise(exercise.slug) / "README.md").read_text(encoding="utf-8")


def parse_exercise(slug: str, data: dict[str, Any], path: Path, root: str) -> Exercise:
    """Return the record for exercise.toml's data. Raises ContentError that names the field."""
    try:
        exercise = Exercise.model_validate({**data, "slug": slug, "root": root})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ContentError(f"{path}: {place}: {first['msg']}") from None
    ids = [point.id for point in exercise.points]
    if len(set(ids)) != len(ids):
        raise ContentError(f"{path}: a point id is used twice")
    return exercise


def find_point(exercise: Exercise, name: str) -> Point:
    """Return the point that `name` means: P1, 1 or its id. Raises UnknownPoint."""
    wanted = name.strip().lower()
    number = re.fullmatch(r"p?(\d{1,2})", wanted)
    if number and 1 <= int(number[1]) <= len(exercise.points):
        return exercise.points[int(number[1]) - 1]
    for point in exercise.points:
        if point.id == wanted:
            return point
    known = [point.id for point in exercise.points]
    hint = did_you_mean(wanted, known) or f"{exercise.slug} has P1 to P{len(known)}"
    raise UnknownPoint(f"{exercise.slug} has no point {name!r}.", hint=hint)

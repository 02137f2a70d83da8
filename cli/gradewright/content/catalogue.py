"""The exercises below a content root, read on demand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gradewright.content.root import ContentRoot
from gradewright.errors import ContentError, UnknownExercise, UnknownPoint, did_you_mean
from gradewright.model import Exercise, Point


class Catalogue:
    """Reads exercises by what a person types: `07-depends`, `07`, `7` or `depends`.

    Looks in `packs` first, then in `root`, and only for what neither has in the packs that `more` returns: finding those that
    are installed takes longer than reading an exercise. Of two exercises with the same slug the first is meant.
    """

    def __init__(
        self,
        root: ContentRoot,
        packs: Sequence[ContentRoot] = (),
        more: Callable[[], Sequence[ContentRoot]] = tuple,
    ) -> None:
        self.root = root
        self._near = (*(pack for pack in packs if pack.path != root.path), root)
        self._find_more = more

    @cached_property
    def _more(self) -> tuple[ContentRoot, ...]:
        return tuple(self._find_more())

    def slugs(self) -> list[str]:
        """Return every exercise's slug, in order."""
        return sorted({slug for root in (*self._near, *self._more) for slug in slugs_in(root)})

    def resolve(self, name: str) -> str:
        """Return the slug that `name` means. Raises UnknownExercise with the closest match."""
        return self._find(name)[0]

    def root_of(self, name: str) -> ContentRoot:
        """Return the root of the exercise that `name` means. Raises UnknownExercise."""
        return self._find(name)[1]

    def _find(self, name: str) -> tuple[str, ContentRoot]:
        wanted = name.strip().rstrip("/").lower()
        for near in (True, False):
            roots = self._near if near else self._more
            found = [(slugs_in(root), root) for root in roots]
            for slugs, root in found:
                if wanted in slugs:
                    return wanted, root
            for slugs, root in found:
                matches = _meant(wanted, slugs)
                if len(matches) == 1:
                    return matches[0], root
                if len(matches) > 1:
                    raise UnknownExercise(f"{name} could be {', '.join(matches)}.", hint="type one of them in full")
        known = self.slugs()
        hint = did_you_mean(wanted, [*known, *(slug.partition("-")[2] for slug in known)])
        raise UnknownExercise(f"There is no exercise {name!r}.", hint=hint or "grade list shows all of them")

    def load(self, name: str) -> Exercise:
        """Return the exercise that `name` means. Raises UnknownExercise or ContentError."""
        slug, root = self._find(name)
        path = root.exercise(slug) / "exercise.toml"
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ContentError(f"{path}: {error}") from None
        return parse_exercise(slug, data, path, str(root.path))

    def all(self) -> list[Exercise]:
        return [self.load(slug) for slug in self.slugs()]

    def brief(self, exercise: Exercise) -> str:
        """Return the brief, as Markdown."""
        path = Path(exercise.root) / "exercises" / exercise.slug / "README.md"
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise ContentError(f"{exercise.slug} has no brief that can be read: {path}: {error}") from None


def slugs_in(root: ContentRoot) -> list[str]:
    """Return the slugs of one root, in order."""
    return sorted(path.name for path in (root.path / "exercises").iterdir() if (path / "exercise.toml").is_file())


def _meant(wanted: str, slugs: list[str]) -> list[str]:
    """Return what `wanted` may be short for: a number, a name without its number, or the first letters of one."""
    number = f"{int(wanted):02d}" if re.fullmatch(r"\d{1,2}", wanted) else None
    matches = [slug for slug in slugs if slug.partition("-")[0] == number or slug.partition("-")[2] == wanted]
    if not matches and len(wanted) >= 3:
        matches = [slug for slug in slugs if slug.partition("-")[2].startswith(wanted)]
    return matches


def parse_exercise(slug: str, data: dict[str, Any], path: Path, root: str) -> Exercise:
    """Return the record for exercise.toml's data. Raises ContentError that names the field."""
    try:
        exercise = Exercise.model_validate({**data, "slug": slug, "root": root})
    except ValidationError as error:
        from gradewright.content.fields import explain

        said, hint = explain(error, Exercise, data)
        raise ContentError(f"{path}: {said}.", hint=hint or "docs/authoring.md says what each field is") from None
    ids = [point.id for point in exercise.points]
    twice = next((name for name in ids if ids.count(name) > 1), None)
    if twice is not None:
        raise ContentError(f"{path}: two points have the id {twice}.", hint="each point has an id of its own")
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

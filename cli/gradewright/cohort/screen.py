"""screen.toml: which exercises a screen has, how they weigh, how long they take, and how they are graded."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from gradewright.content.catalogue import Catalogue
from gradewright.content.fields import explain
from gradewright.content.packs import folder_named
from gradewright.errors import BadInput
from gradewright.model import Record, Text

Minutes = Annotated[int, Field(ge=1, le=600)]


class ScreenExercise(Record):
    """One exercise of a screen. `weight` is relative to the others; `minutes` replaces the exercise's own figure."""

    exercise: Text
    weight: Annotated[int, Field(ge=1, le=100)] = 1
    minutes: Minutes | None = None


class Screen(Record):
    """A screen. `seed` is "own" (each grade draws its inputs) or 32 hex digits, the same inputs for everybody.

    `packs` are folders or names of installed packs. In a file they are seen from the file's folder; `read` has resolved that.
    """

    title: str = ""
    minutes: Minutes | None = None
    profile: Literal["kata", "screen"] = "screen"
    audience: Literal["learner", "candidate", "reviewer"] = "reviewer"
    seed: Annotated[str, Field(pattern=r"^(own|[0-9a-f]{32})$")] = "own"
    packs: tuple[Text, ...] = ()
    exercises: Annotated[tuple[ScreenExercise, ...], Field(min_length=1)]


def of(names: tuple[str, ...]) -> Screen:
    """Return a screen of these exercises and nothing else settled."""
    return Screen(exercises=tuple(ScreenExercise(exercise=name) for name in names))


def read(path: Path) -> Screen:
    """Return the screen in `path`. Raises BadInput that names the field and what it may be."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"{path} could not be read: {error.strerror}.") from None
    except ValueError as error:
        raise BadInput(f"{path} is not TOML: {error}.", hint="docs/screening.md has an example") from None
    try:
        screen = Screen.model_validate(data)
    except ValidationError as error:
        said, hint = explain(error, Screen, data)
        raise BadInput(f"{path}: {said}.", hint=hint or "docs/screening.md has an example") from None
    packs = tuple(str(folder_named(pack, path.parent) or pack) for pack in screen.packs)
    return screen.model_copy(update={"packs": packs})


def resolve(screen: Screen, catalogue: Catalogue) -> Screen:
    """Return the screen with slugs for names and minutes filled in. Raises BadInput and UnknownExercise."""
    found: list[ScreenExercise] = []
    for each in screen.exercises:
        exercise = catalogue.load(each.exercise)
        if exercise.slug in [known.exercise for known in found]:
            raise BadInput(f"{exercise.slug} is there twice.", hint="name each exercise once")
        found.append(each.model_copy(update={"exercise": exercise.slug, "minutes": each.minutes or exercise.minutes}))
    total = sum(each.minutes or 0 for each in found)
    if screen.minutes is not None and screen.minutes < total:
        raise BadInput(
            f"The exercises take {total} minutes and the screen has {screen.minutes}.",
            hint="leave one out, or give it more time: candidates should not fail for want of it",
        )
    return screen.model_copy(update={"exercises": tuple(found), "minutes": screen.minutes or total})

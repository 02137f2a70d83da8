"""screen.toml: which exercises a screen has, how they weigh, how long they take, and how they are graded."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from gradewright.content.catalogue import Catalogue
from gradewright.errors import BadInput, did_you_mean
from gradewright.model import Record, Text

Minutes = Annotated[int, Field(ge=1, le=600)]


class ScreenExercise(Record):
    """One exercise of a screen. `weight` is relative to the others; `minutes` replaces the exercise's own figure."""

    exercise: Text
    weight: Annotated[int, Field(ge=1, le=100)] = 1
    minutes: Minutes | None = None


class Screen(Record):
    """A screen. `seed` is "own" (each grade draws its inputs) or 32 hex digits, the same inputs for everybody."""

    title: str = ""
    minutes: Minutes | None = None
    profile: Literal["kata", "screen"] = "screen"
    audience: Literal["learner", "candidate", "reviewer"] = "reviewer"
    seed: Annotated[str, Field(pattern=r"^(own|[0-9a-f]{32})$")] = "own"
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
        return Screen.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise BadInput(f"{path}: {_place(first['loc'])}{_said(first)}.", hint=_hint(first)) from None


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


def _place(location: tuple[int | str, ...]) -> str:
    """Return a place such as `exercises, the 2nd, weight: `."""
    parts = [part if isinstance(part, str) else f"number {part + 1}" for part in location]
    return f"{', '.join(parts)}: " if parts else ""


def _said(error: Any) -> str:
    kinds = {
        "missing": "is missing",
        "extra_forbidden": "is no field of a screen",
        "too_short": "needs at least one",
    }
    if error["loc"] and error["loc"][-1] == "seed" and error["type"] == "string_pattern_mismatch":
        return 'is "own" or 32 hex digits'
    text: str = kinds.get(error["type"]) or error["msg"][0].lower() + error["msg"][1:]
    return text


def _hint(error: Any) -> str:
    fields = ScreenExercise if len(error["loc"]) > 1 else Screen
    if error["type"] == "extra_forbidden":
        return did_you_mean(str(error["loc"][-1]), fields.model_fields) or f"known are {', '.join(fields.model_fields)}"
    return "docs/screening.md has an example"

"""`grade` alone and `grade next`: progress, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradewright.commands.context import Context, pack_option, pass_context
from gradewright.history import progress

if TYPE_CHECKING:
    from gradewright.history import Progress
    from gradewright.model import Exercise


@dataclass(frozen=True, slots=True)
class Standing:
    """How far this folder is. `current` was touched last and has not all points yet; `following` comes after it."""

    exercises: list[Exercise]
    done: dict[str, Progress]
    current: Exercise | None
    following: Exercise | None

    @property
    def waiting(self) -> Exercise | None:
        """The current exercise if it was only started: it comes before anything new."""
        return self.current if self.current is not None and self.current.slug not in self.done else None

    @property
    def finished(self) -> int:
        return sum(progress.is_finished(self.done.get(exercise.slug), exercise) for exercise in self.exercises)


def standing(context: Context) -> Standing:
    """Return how far this folder is."""
    exercises = context.catalogue().all()
    done, started = progress.read_all(context.history), progress.read_started(context.history)
    known = {exercise.slug: exercise for exercise in exercises}
    last = next((slug for slug in reversed(started) if slug in known), "")
    current = known.get(last)
    if current and progress.is_finished(done.get(last), current):
        current = None
    following = progress.following(exercises, done, last)
    return Standing(exercises, done, current, None if following is current else following)


def overview(context: Context) -> None:
    """Print how far this folder's exercises are and the next command to type."""
    now = standing(context)
    if context.json:
        names = {name: found.slug if found else None for name, found in (("current", now.current), ("next", now.following))}
        context.document({"finished": now.finished, "exercises": len(now.exercises), **names})
        return
    points = sum(min(each.best or 0, each.max) for each in now.done.values())
    context.out(f"{now.finished} of {len(now.exercises)} exercises finished here, {points} points won.")
    if now.current is None and now.following is None:
        context.out("All of them have full marks. grade list shows them; grade --help shows what else there is.")
        _due(context)
        return
    if now.current is not None:
        _current(context, now.current, now.done.get(now.current.slug))
    if now.following is not None and now.waiting is None:
        exercise = now.following
        context.out(f"Next: {exercise.slug}, {exercise.title} ({exercise.level}, {exercise.minutes} min)")
        context.out("  start  grade next")
        context.out(f"  brief  grade brief {exercise.slug}")
    _due(context)


def _due(context: Context) -> None:
    from gradewright.history.cards import count_due

    waiting = count_due(context.history)
    if waiting:
        context.out(f"Due:  {waiting} interview card{'' if waiting == 1 else 's'}")
        context.out("  ask    grade interview")


def _current(context: Context, exercise: Exercise, done: Progress | None) -> None:
    from gradewright.commands.list import describe

    context.out(f"Now:  {exercise.slug}, {exercise.title}: {describe(done) if done else 'started, not graded yet'}")
    context.out(f"  grade  grade {exercise.slug}")


@click.command("next")
@pack_option
@pass_context
def next_exercise(context: Context) -> None:
    """Put the starter of the next exercise without full marks here. What was only started comes first.

    For example: grade next
    """
    from gradewright.commands.grading import submission_path
    from gradewright.commands.start import to_write

    now = standing(context)
    exercise = now.waiting or now.following or now.current
    if exercise is None:
        if context.json:
            context.document({"next": None, "folder": None})
        else:
            context.out("All exercises have full marks. grade interview asks you about them.")
        return
    folder = submission_path(context, exercise, None)
    if context.json:
        context.document({"next": exercise.slug, "folder": str(folder)})
        return
    context.out(f"{exercise.slug}, {exercise.title} ({exercise.level}, {exercise.minutes} min)")
    if (folder / "README.md").is_file():
        context.out(f"  read   {folder / 'README.md'}")
    context.out(f"  write  {to_write(context, exercise, Path(folder))}")
    context.out(f"  grade  grade {exercise.slug}")

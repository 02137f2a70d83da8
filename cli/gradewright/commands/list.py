"""`grade list`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gradewright.commands.context import Context, pack_option, pass_context
from gradewright.history import progress

if TYPE_CHECKING:
    from gradewright.history import Progress
    from gradewright.model import Exercise

#: Columns from which a line has room for titles and levels.
WIDE = 120


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pack_option
@pass_context
def list_exercises(context: Context, *, as_json: bool) -> None:
    """List the exercises, what they cover and your progress in this folder.

    For example: grade list
    """
    exercises = context.catalogue().all()
    if not (as_json or context.json):
        show(context, exercises)
        return
    done = progress.read_all(context.history)
    records = [
        {
            "slug": exercise.slug,
            "title": exercise.title,
            "level": exercise.level,
            "minutes": exercise.minutes,
            "points": [
                {"id": point.id, "title": point.title, "weight": point.weight, "question": point.question}
                for point in exercise.points
            ],
            "progress": done[exercise.slug].to_json() if exercise.slug in done else None,
        }
        for exercise in exercises
    ]
    context.document(records)


def show(context: Context, exercises: list[Exercise]) -> None:
    """Print a line for each exercise; titles and levels only where they fit."""
    width = max(len(exercise.slug) for exercise in exercises)
    title = max(len(exercise.title) for exercise in exercises)
    done, started = progress.read_all(context.history), progress.read_started(context.history)
    wide = context.columns is None or context.columns >= WIDE
    for exercise in exercises:
        about = f"{exercise.title:<{title}}  {exercise.level:<12}  " if wide else ""
        found = done.get(exercise.slug)
        state = describe(found) if found else "started" if exercise.slug in started else "not started"
        context.out(f"{exercise.slug:<{width}}  {about}{exercise.minutes:>3} min  {exercise.max_score:>2} points  {state}")


def describe(done: Progress) -> str:
    """Return progress in words: the best and the last score or why there is none, the number of attempts, the time."""
    parts = []
    if done.best is None:
        parts.append(done.last_state.replace("_", " "))
    else:
        parts.append(f"{'all points' if done.finished else 'best'} {done.best}/{done.max}")
        if done.last != done.best:
            parts.append(f"last {done.last_state if done.last is None else f'{done.last}/{done.max}'}")
    parts.append(f"{done.attempts} attempt{'' if done.attempts == 1 else 's'}")
    if done.seconds >= 60:
        parts.append(spent(done.seconds))
    return ", ".join(parts)


def spent(seconds: int) -> str:
    """Return a time for people: "35 min", "2 h 05 min"."""
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"

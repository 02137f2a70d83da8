"""`grade list`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from gradewright.commands import store
from gradewright.commands.context import Context, pass_context

if TYPE_CHECKING:
    from gradewright.model import Exercise


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pass_context
def list_exercises(context: Context, *, as_json: bool) -> None:
    """List the exercises, what they cover and your progress in this folder."""
    exercises = context.catalogue().all()
    if as_json or context.json:
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
                "progress": store.progress(exercise.slug),
            }
            for exercise in exercises
        ]
        click.echo(json.dumps(records, indent=2, ensure_ascii=False))
        return
    show(context, exercises)


def show(context: Context, exercises: list[Exercise]) -> None:
    """Print a line for each exercise."""
    width = max(len(exercise.slug) for exercise in exercises)
    title = max(len(exercise.title) for exercise in exercises)
    for exercise in exercises:
        done = store.progress(exercise.slug)
        state = "not started" if done is None else describe(done)
        context.out(
            f"{exercise.slug:<{width}}  {exercise.title:<{title}}  {exercise.level:<12}  {exercise.minutes:>3} min  "
            f"{exercise.max_score:>2} points  {state}"
        )


def describe(done: dict[str, object]) -> str:
    """Return progress in words: the best score, or why there is none."""
    best = done.get("best")
    if best is None:
        return str(done.get("last_state", "")).replace("_", " ")
    word = "all points" if best == done.get("max") else "best"
    return f"{word} {best}/{done.get('max')}"

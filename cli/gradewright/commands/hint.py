"""`grade hint`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from gradewright.commands.completion import point as complete_point
from gradewright.commands.context import Context, complete_exercise, pack_option, pass_context
from gradewright.content.catalogue import find_point
from gradewright.history.progress import hints_used, open_hint

if TYPE_CHECKING:
    from gradewright.model import Exercise, Point


@click.command()
@click.argument("exercise", shell_complete=complete_exercise)
@click.argument("point", shell_complete=complete_point)
@click.option("--level", type=click.IntRange(1, 3), help="1 where to look, 2 what to change, 3 nearly the answer.")
@pack_option
@pass_context
def hint(context: Context, exercise: str, point: str, level: int | None) -> None:
    """Show a hint for POINT (P1, or its id): the next one you have not seen, or the one at --level.

    For example: grade hint 07-depends P1
    """
    record = context.catalogue().load(exercise)
    found = find_point(record, point)
    shown = level or next_level(context, record, found)
    if context.json:
        open_hint(context.history, record.slug, found.id, shown)
        click.echo(json.dumps({"point": found.id, "level": shown, "hint": found.hints[shown - 1]}, ensure_ascii=False))
        return
    show(context, record, found, level)
    if shown < 3:
        context.out(f"  more  grade hint {record.slug} P{record.number_of(found.id)} --level {shown + 1}")


def next_level(context: Context, record: Exercise, point: Point) -> int:
    """Return the number of the first hint that was not opened yet, or of the last one."""
    return min(hints_used(context.history, record.slug).get(point.id, 0) + 1, 3)


def show(context: Context, record: Exercise, point: Point, level: int | None = None) -> None:
    """Print the hint at `level`, or all up to the first that was not opened yet, and remember that it was opened."""
    shown = level or next_level(context, record, point)
    open_hint(context.history, record.slug, point.id, shown)
    context.out(f"P{record.number_of(point.id)} {point.title}")
    for number in range(1, shown + 1):
        if number == shown or level is None:
            context.out(f"  {number}/3  {point.hints[number - 1]}")

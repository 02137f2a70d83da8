"""`grade hint`."""

from __future__ import annotations

import json

import click

from gradewright.commands import store
from gradewright.commands.context import Context, pass_context
from gradewright.content.catalogue import find_point


@click.command()
@click.argument("exercise")
@click.argument("point")
@click.option("--level", type=click.IntRange(1, 3), help="1 where to look, 2 what to change, 3 nearly the answer.")
@pass_context
def hint(context: Context, exercise: str, point: str, level: int | None) -> None:
    """Show a hint for POINT (P1, or its id): the next one you have not seen, or the one at --level."""
    record = context.catalogue().load(exercise)
    found = find_point(record, point)
    used = store.hints_used(record.slug, found.id)
    shown = level or min(used + 1, 3)
    store.open_hint(record.slug, found.id, shown)
    if context.json:
        click.echo(json.dumps({"point": found.id, "level": shown, "hint": found.hints[shown - 1]}, ensure_ascii=False))
        return
    context.out(f"P{record.number_of(found.id)} {found.title}")
    for number in range(1, shown + 1):
        if number == shown or level is None:
            context.out(f"  {number}/3  {found.hints[number - 1]}")
    if shown < 3:
        context.out(f"  more  grade hint {record.slug} P{record.number_of(found.id)} --level {shown + 1}")

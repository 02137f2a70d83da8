"""`grade brief`."""

from __future__ import annotations

import json

import click

from gradewright.commands.context import Context, complete_exercise, pack_option, pass_context


@click.command()
@click.argument("exercise", shell_complete=complete_exercise)
@pack_option
@pass_context
def brief(context: Context, exercise: str) -> None:
    """Print the brief of EXERCISE.

    For example: grade brief 07-depends
    """
    catalogue = context.catalogue()
    record = catalogue.load(exercise)
    text = catalogue.brief(record)
    if context.json:
        click.echo(json.dumps({"slug": record.slug, "brief": text}, ensure_ascii=False))
        return
    context.out(text.rstrip())

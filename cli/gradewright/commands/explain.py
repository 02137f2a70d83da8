"""`grade explain`."""

from __future__ import annotations

import json

import click

from gradewright.commands.completion import point as complete_point
from gradewright.commands.context import Context, complete_exercise, pack_option, pass_context
from gradewright.content.catalogue import find_point

EVIDENCE = {
    "wire": "what your app answers to random input",
    "observed": "something recorded outside your app's process",
    "override": "a dependency that the grader replaces",
    "introspection": "what your app says about itself",
}


@click.command()
@click.argument("exercise", shell_complete=complete_exercise)
@click.argument("point", shell_complete=complete_point)
@pack_option
@pass_context
def explain(context: Context, exercise: str, point: str) -> None:
    """Explain POINT of EXERCISE: what is asked, a good answer, and where to read on.

    For example: grade explain 07-depends P1
    """
    record = context.catalogue().load(exercise)
    found = find_point(record, point)
    if context.json:
        click.echo(found.model_dump_json(indent=2, exclude={"hints"}))
        return
    context.out(
        f"P{record.number_of(found.id)} {found.title}  ({found.id}, {found.weight} of {record.max_score} points)",
        bold=True,
    )
    context.out(f"\nasked      {json.dumps(found.question, ensure_ascii=False)}")
    context.out(f"good       {found.answer}")
    context.out(f"then       {found.follow_up}")
    if found.say_aloud:
        context.out(f"say aloud  {found.say_aloud}")
    proof = EVIDENCE[found.evidence] + (f", paired with {EVIDENCE[found.paired]}" if found.paired else "")
    context.out(f"proof      {proof}")
    for page in found.docs:
        context.out(f"read       {page.title}: {page.url}")

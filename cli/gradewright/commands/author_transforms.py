"""`grade author transforms`: do the reference solutions earn everything in other styles, too?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from gradewright.commands.author_mutate import chosen, lanes
from gradewright.commands.context import Context, pack_option, pass_context
from gradewright.errors import EXIT_FAULT, EXIT_OK

if TYPE_CHECKING:
    from gradewright.authoring.transforms import TransformsResult


@click.command()
@click.argument("exercises", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Transform the solutions of all exercises.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pack_option
@pass_context
def transforms(context: Context, /, exercises: tuple[str, ...], **options: Any) -> int:
    """Grade each reference solution in other styles: all of them must earn everything.

    For example: grade author transforms 07-depends
    """
    from gradewright.authoring.transforms import transform_exercise
    from gradewright.session.options import GradeOptions

    as_json = options["as_json"] or context.json
    results = []
    for slug in chosen(context, exercises, options["every"], "transforms"):
        with lanes(context, slug, 1, GradeOptions()) as (grade,):
            result = transform_exercise(context.catalogue().root_of(slug), slug, grade)
        results.append(result)
        if not as_json:
            _print(context, result)
    if as_json:
        click.echo(json.dumps([result.to_json() for result in results], indent=2, ensure_ascii=False))
    return EXIT_OK if all(result.ok for result in results) else EXIT_FAULT


def _print(context: Context, result: TransformsResult) -> None:
    full = sum(found.ok for found in result.restyled)
    context.out(
        f"{'holds' if result.ok else 'FAILS'}  {result.exercise}: {full} of {len(result.restyled)} restyled solutions full"
        + (f", waived: {', '.join(result.waived)}" if result.waived else "")
    )
    for problem in result.problems:
        context.out(f"       {problem}")
    for found in result.restyled:
        if not found.ok:
            context.out(f"       solutions/{found.solution} after {found.transform} is {found.state}")
            for reason in found.lost:
                context.out(f"         {reason}")

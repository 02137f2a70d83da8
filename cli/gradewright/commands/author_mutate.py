"""`grade author mutate`: does the suite notice small changes to the reference solutions?"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from gradewright.commands.context import Context, pack_option, pass_context
from gradewright.content.catalogue import slugs_in
from gradewright.errors import EXIT_FAULT, EXIT_OK, UsageError

if TYPE_CHECKING:
    from gradewright.authoring.mutate import GradeFolder, MutationResult
    from gradewright.session.options import GradeOptions


@click.command()
@click.argument("exercises", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Mutate the solutions of all exercises.")
@click.option("-j", "--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Mutants at a time.")
@click.option("--sample", type=click.IntRange(0), default=0, help="Grade only so many mutants of an exercise.")
@click.option("--seed", type=int, default=0, show_default=True, help="Draws the sample.")
@click.option("--patience", type=click.FloatRange(1, 20), default=1, show_default=True, help="Multiplies the limits.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pack_option
@pass_context
def mutate(context: Context, /, exercises: tuple[str, ...], **options: Any) -> int:
    """Grade mechanical mutants of each reference solution; a survivor shows what the suite does not check.

    For example: grade author mutate 07-depends --sample 40
    """
    from gradewright.authoring.mutate import mutate_exercise
    from gradewright.session.options import GradeOptions

    as_json = options["as_json"] or context.json
    # Mutants loop for ever and wait for what never comes: short limits, which every solution must keep, too.
    times = options["patience"]
    limits = GradeOptions(start_limit=3.0 * times, request_limit=2.0 * times, total_limit=20.0 * times, until_lost=True)
    results = []
    for slug in chosen(context, exercises, options["every"], "mutate"):
        root = context.catalogue().root_of(slug)
        with lanes(context, slug, options["jobs"], limits) as graders:
            result = mutate_exercise(root, slug, graders, sample=options["sample"], seed=options["seed"])
        results.append(result)
        if not as_json:
            _print(context, result)
    if as_json:
        click.echo(json.dumps([result.to_json() for result in results], indent=2, ensure_ascii=False))
    return EXIT_OK if all(result.ok for result in results) else EXIT_FAULT


def chosen(context: Context, exercises: tuple[str, ...], every: bool, command: str) -> list[str]:
    """Return the slugs that the command line names. Raises UsageError when it names none."""
    if not exercises and not every:
        raise UsageError("Name an exercise, or say --all.", hint=f"grade author {command} --all")
    if not every:
        catalogue = context.catalogue()
        return [catalogue.resolve(name) for name in exercises]
    # Whoever names a pack means its exercises; those of an installed one have no solutions to be checked with.
    roots = context.named_packs() if context.packs else (context.root(),)
    return sorted({slug for root in roots for slug in slugs_in(root)})


@contextlib.contextmanager
def lanes(context: Context, slug: str, count: int, limits: GradeOptions) -> Iterator[list[GradeFolder]]:
    """Return `count` functions that grade a folder for `slug`, the given points first, each with an engine of its own."""
    from gradewright.session.steady import SteadyGrader

    catalogue = context.catalogue()
    exercise, root = catalogue.load(slug), catalogue.root_of(slug)
    with contextlib.ExitStack() as stack:
        graders = [SteadyGrader(root, exercise, limits) for _number in range(count)]
        for grader in graders:
            stack.callback(grader.close)
        yield [grader.grade for grader in graders]


def _print(context: Context, result: MutationResult) -> None:
    word = "holds" if result.ok else "FAILS"
    waived = len(result.survivors) - len(result.open)
    context.out(
        f"{word}  {result.exercise}: {result.killed} of {result.total} mutants killed ({result.share:.1%})"
        + (f", {result.made} there are" if result.made > result.total else "")
        + (f", {waived} waived" if waived else "")
        + (f"; {result.free} more change what the brief leaves free" if result.free else "")
    )
    for problem in result.problems:
        context.out(f"       {problem}")
    for survivor in result.open:
        context.out(f"       {survivor.job.place} survives ({survivor.job.mutant.operator})")
        # The first two lines of a diff name the file, which has been said.
        for line in survivor.job.diff.splitlines()[2:]:
            context.out(f"         {line}")

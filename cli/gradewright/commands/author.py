"""`grade author`: tools for people who write exercises."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradewright.commands.author_mutate import chosen, mutate
from gradewright.commands.author_new import new
from gradewright.commands.author_preview import preview
from gradewright.commands.author_transforms import transforms
from gradewright.commands.context import Context, pack_option, pass_context
from gradewright.errors import EXIT_FAULT, EXIT_OK

if TYPE_CHECKING:
    from gradewright.authoring import ExerciseCheck
    from gradewright.model import Exercise, Verdict


@click.group()
def author() -> None:
    """Write exercises: a skeleton, checks, mutants, a preview.

    For example: grade author check --all
    """


author.add_command(new)
author.add_command(preview)
author.add_command(mutate)
author.add_command(transforms)


@author.command()
@click.argument("exercises", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Check all exercises.")
@click.option(
    "-j", "--jobs", type=click.IntRange(1, 64), help="Exercises at a time; two a core by default, since grades mostly wait."
)
@click.option("--repeat", "times", type=click.IntRange(0), default=0, help="Then grade everything N times more: no change.")
@click.option("--load", is_flag=True, help="Keep every core busy meanwhile.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pack_option
@pass_context
def check(context: Context, /, exercises: tuple[str, ...], **options: Any) -> int:
    """Grade starters (must earn 0), solutions (all) and wrong solutions (exactly what they claim).

    For example: grade author check 07-depends --repeat 10 --load
    """
    from gradewright.authoring.repeat import load

    slugs = chosen(context, exercises, options["every"], "check")
    as_json = options["as_json"] or context.json
    results = []
    cores = os.cpu_count() or 1
    with load(cores if options["load"] else 0), ThreadPoolExecutor(max_workers=options["jobs"] or 2 * cores) as pool:
        # The longest first: begun last, it would keep one lane busy while the others have nothing left.
        order = sorted(slugs, key=lambda slug: _answers(context, slug), reverse=True)
        for done in as_completed([pool.submit(_check_one, context, slug, options["times"]) for slug in order]):
            results.append(done.result())
            if not as_json:
                _print(context, results[-1])
    results.sort(key=lambda result: slugs.index(result.exercise))
    if as_json:
        click.echo(json.dumps([result.to_json() for result in results], indent=2, ensure_ascii=False))
    return EXIT_OK if all(result.ok for result in results) else EXIT_FAULT


def _answers(context: Context, slug: str) -> int:
    """Return how many solutions and wrong ones an exercise has."""
    root = context.catalogue().root_of(slug)
    return sum(1 for folder in (root.solutions(slug), root.wrong(slug)) if folder.is_dir() for _one in folder.iterdir())


def _check_one(context: Context, slug: str, times: int) -> ExerciseCheck:
    from gradewright.authoring import check_exercise
    from gradewright.authoring.repeat import repeat
    from gradewright.session.options import GradeOptions
    from gradewright.session.steady import SteadyGrader

    root = context.catalogue().root_of(slug)
    graders: list[SteadyGrader] = []
    slowest = 0.0

    def grade(exercise: Exercise, folder: Path) -> Verdict:
        nonlocal slowest
        if not graders:
            graders.append(SteadyGrader(root, exercise, GradeOptions(for_author=True)))
        verdict = graders[0].grade(folder)
        slowest = max(slowest, verdict.seconds["total"])
        return verdict

    try:
        result = check_exercise(root, slug, grade)
        if times and result.ok:
            exercise = context.catalogue().load(slug)
            result.problems += repeat(root, slug, lambda folder: grade(exercise, folder), times)
            result.repeats = times
        result.slowest = slowest
        return result
    finally:
        for grader in graders:
            grader.close()


def _print(context: Context, result: ExerciseCheck) -> None:
    word = "holds" if result.ok else "FAILS"
    if result.starter_score is None:
        context.out(f"{word}  {result.exercise}: nothing was graded")
        for problem in result.problems:
            context.out(f"       {problem}")
        return
    wrong = sum(1 for mutant in result.wrong if mutant.ok)
    solved = sum(1 for solution in result.solutions if solution.ok)
    context.out(
        f"{word}  {result.exercise}: starter {result.starter_score}, solutions {solved} of {len(result.solutions)} full, "
        f"wrong {wrong} of {len(result.wrong)} exact, slowest {result.slowest:.1f} s"
        + (f", {result.repeats} repeats" if result.repeats else "")
    )
    for problem in result.problems:
        context.out(f"       {problem}")


@author.command()
def schema() -> None:
    """Print the JSON Schema of a verdict, as published in docs/verdict.schema.json.

    For example: grade author schema > verdict.schema.json
    """
    from gradewright.model import verdict_schema

    click.echo(json.dumps(verdict_schema(), indent=2, ensure_ascii=False))

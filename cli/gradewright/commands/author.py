"""`grade author`: tools for people who write exercises."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradewright.commands.context import Context, pass_context
from gradewright.errors import EXIT_FAULT, EXIT_OK, UsageError

if TYPE_CHECKING:
    from gradewright.authoring import ExerciseCheck
    from gradewright.model import Exercise, Verdict


@click.group()
def author() -> None:
    """Check exercises."""


@author.command()
@click.argument("exercises", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Check all exercises.")
@click.option("-j", "--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Grades at a time.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pass_context
def check(context: Context, exercises: tuple[str, ...], *, every: bool, jobs: int, as_json: bool) -> int:
    """Grade starters (must earn 0), solutions (all) and wrong solutions (exactly what they claim)."""
    from gradewright.authoring import check_exercise
    from gradewright.session.grade import GradeOptions, grade
    from gradewright.session.processes import Engine

    root, catalogue = context.root(), context.catalogue()
    if not exercises and not every:
        raise UsageError("Name an exercise, or say --all.", hint="grade author check --all")
    slugs = catalogue.slugs() if every else [catalogue.resolve(name) for name in exercises]

    def grade_folder(exercise: Exercise, folder: Path) -> Verdict:
        engine = Engine.start()
        try:
            return grade(engine, root, exercise, folder, GradeOptions())
        finally:
            engine.close()

    results = []
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        for result in pool.map(lambda slug: check_exercise(root, slug, grade_folder), slugs):
            results.append(result)
            if not (as_json or context.json):
                _print(context, result)
    if as_json or context.json:
        click.echo(json.dumps([result.to_json() for result in results], indent=2, ensure_ascii=False))
    return EXIT_OK if all(result.ok for result in results) else EXIT_FAULT


def _print(context: Context, result: ExerciseCheck) -> None:
    word = "holds" if result.ok else "FAILS"
    wrong = sum(1 for mutant in result.wrong if mutant.ok)
    solved = sum(1 for solution in result.solutions if solution.ok)
    context.out(
        f"{word}  {result.exercise}: starter {result.starter_score}, solutions {solved} of {len(result.solutions)} full, "
        f"wrong {wrong} of {len(result.wrong)} exact"
    )
    for problem in result.problems:
        context.out(f"       {problem}")


@author.command()
def schema() -> None:
    """Print the JSON Schema of a verdict, as published in docs/verdict.schema.json."""
    from gradewright.model import verdict_schema

    click.echo(json.dumps(verdict_schema(), indent=2, ensure_ascii=False))

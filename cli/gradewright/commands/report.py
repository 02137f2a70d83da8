"""`grade report`: the page of a verdict that is already there, for one of its readers."""

from __future__ import annotations

from pathlib import Path

import click

from gradewright.commands.context import Context, pack_option, pass_context
from gradewright.errors import BadInput, UnknownExercise

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("result", type=click.Path(path_type=Path))
@click.option("-o", "--out", type=FILE, default=Path("report.html"), show_default=True, help="Write the page here.")
@click.option(
    "--audience",
    type=click.Choice(["learner", "candidate", "reviewer"]),
    default="learner",
    show_default=True,
    help="learner: hints and good answers. candidate: neither. reviewer: all of it, and what to look at.",
)
@pack_option
@pass_context
def report(context: Context, result: Path, out: Path, audience: str) -> None:
    """Write the HTML report of RESULT, a result.json, without grading again.

    For example: grade report out/ada/result.json -o ada.html --audience candidate
    """
    from gradewright.cohort.folder import read_verdict
    from gradewright.commands.store import write_atomically
    from gradewright.reports.html import render

    # A candidate's folder may hold exercises of its own, with other questions and answers.
    context.only_trusted_roots = audience != "learner"
    verdict = read_verdict(result)
    try:
        exercise = context.catalogue().load(verdict.exercise)
    except UnknownExercise:
        raise BadInput(
            f"{result} is about {verdict.exercise!r}, which is no exercise here.",
            hint="name the content root that it was graded with: grade --root FOLDER report …",
        ) from None
    from gradewright.history.progress import hints_used

    opened = hints_used(context.history, exercise.slug) if audience == "learner" else {}
    write_atomically(out, render(verdict, exercise, audience=audience, hints_opened=opened))  # type: ignore[arg-type]
    if context.json:
        context.document({"report": str(out), "audience": audience, "exercise": exercise.slug})
    else:
        context.out(f"{out}  {exercise.slug}, for a {audience}")

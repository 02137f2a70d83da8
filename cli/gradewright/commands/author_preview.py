"""`grade author preview`: an exercise as others will see it, as pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradewright.commands import store
from gradewright.commands.context import Context, complete_exercise, pack_option, pass_context
from gradewright.errors import BadInput

if TYPE_CHECKING:
    from gradewright.content.root import ContentRoot


@click.command()
@click.argument("exercise", shell_complete=complete_exercise)
@click.option("-o", "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the pages (.grade/preview/…).")
@click.option("--of", "of", metavar="NAME", help="Whose report: starter, solutions/NAME or wrong/NAME (the first wrong one).")
@pack_option
@pass_context
def preview(context: Context, exercise: str, out: Path | None, of: str | None) -> None:
    """Render the brief and the interview cards of EXERCISE to index.html, and a learner's report to report.html beside it.

    For example: grade author preview 07-depends
    """
    from gradewright.reports import preview as page
    from gradewright.reports.html import render
    from gradewright.session.options import GradeOptions
    from gradewright.session.steady import SteadyGrader

    catalogue = context.catalogue()
    record = catalogue.load(exercise)
    root = catalogue.root_of(record.slug)
    brief = catalogue.brief(record)
    graded = _graded(root, record.slug, of)
    grader = SteadyGrader(root, record, GradeOptions())
    try:
        verdict = grader.grade(graded)
    finally:
        grader.close()
    folder = out or store.FOLDER / "preview" / record.slug
    about = graded.relative_to(root.path).as_posix()
    store.write_atomically(folder / "index.html", page.render(record, brief, "report.html", about))
    store.write_atomically(folder / "report.html", render(verdict, record, audience="learner"))
    context.out(f"brief, cards  {folder / 'index.html'}")
    context.out(f"report        {folder / 'report.html'}   {about}: {verdict.state}, {verdict.score} of {verdict.max_score}")
    if verdict.problem is not None:
        context.progress(f"note  {verdict.problem.message}")


def _graded(root: ContentRoot, slug: str, of: str | None) -> Path:
    """Return the folder whose report is shown. Raises BadInput with the names there are."""
    starter, grader = root.starter(slug), root.suite(slug).parent
    known = {"starter": starter}
    for kind in ("wrong", "solutions"):
        found = sorted((grader / kind).iterdir()) if (grader / kind).is_dir() else []
        known |= {f"{kind}/{path.name}": path for path in found if path.is_dir() and path.name != "__pycache__"}
    if of is None:
        return next((path for name, path in known.items() if name.startswith("wrong/")), starter)
    if of not in known:
        raise BadInput(f"{slug} has no {of}.", hint=f"one of {', '.join(known)}")
    return known[of]

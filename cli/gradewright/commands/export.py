"""`grade export`: a verdict in the form that another program reads."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradewright.commands.context import Context, pass_context
from gradewright.errors import BadInput, UsageError

if TYPE_CHECKING:
    from gradewright.model import Verdict

FORMATS = ("junit", "gradescope", "github", "csv")


@click.command()
@click.argument("result", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(FORMATS), required=True, help="For which program.")
@click.option("-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it here instead of printing it.")
@click.option("--folder", default="", metavar="FOLDER", help="github: where the submission lies in the repository.")
@pass_context
def export(context: Context, result: Path, form: str, out: Path | None, folder: str) -> None:
    """Write RESULT, a result.json, for another program.

    junit is for build servers, csv for spreadsheets. gradescope is a results.json, written even if RESULT cannot be read; it
    then says that the grader failed. github prints annotations and adds a summary to OUT or to $GITHUB_STEP_SUMMARY.

    For example: grade export result.json --format junit -o junit.xml
    """
    from gradewright.cohort.folder import read_verdict

    if folder and form != "github":
        raise BadInput("--folder is for --format github.", hint=f"grade export {result} --format github --folder {folder}")
    try:
        verdict = read_verdict(result)
    except UsageError as error:
        if form == "gradescope":
            from gradewright.reports.gradescope import gradescope_failure

            _put(out, gradescope_failure(str(error)))
        raise
    if form == "github":
        _github(context, verdict, folder, out)
    else:
        _put(out, _writer(form)(verdict))


def _writer(form: str) -> Callable[[Verdict], str]:
    if form == "junit":
        from gradewright.reports.junit import junit

        return junit
    if form == "gradescope":
        from gradewright.reports.gradescope import gradescope

        return gradescope
    from gradewright.reports.table import table

    return table


def _put(out: Path | None, text: str) -> None:
    from gradewright.commands.store import write_atomically

    if out is None:
        click.echo(text.encode(), nl=False)
    else:
        write_atomically(out, text)


def _github(context: Context, verdict: Verdict, folder: str, out: Path | None) -> None:
    from gradewright.reports.github import commands, fitting, summary

    click.echo(commands(verdict, folder).encode(), nl=False)
    wanted = out or (Path(os.environ["GITHUB_STEP_SUMMARY"]) if os.environ.get("GITHUB_STEP_SUMMARY") else None)
    if wanted is None:
        context.progress("note  no summary: $GITHUB_STEP_SUMMARY is not set, and -o names no file")
        return
    try:
        taken = wanted.stat().st_size if wanted.exists() else 0
        with wanted.open("a", encoding="utf-8") as file:
            file.write(fitting(summary(verdict), taken))
    except OSError as error:
        raise UsageError(f"{wanted} could not be written: {error.strerror}.", hint="name another place with -o FILE") from None

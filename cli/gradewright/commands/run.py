"""`grade run`, and so `grade 07-depends`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradewright.commands.context import Context, complete_exercise, pass_context
from gradewright.commands.grading import (
    check_options,
    choices,
    grade_options,
    prepare_report,
    print_verdict,
    submission_path,
)
from gradewright.errors import EXIT_BELOW, EXIT_FAULT, EXIT_LIMIT, EXIT_OK, EXIT_UNGRADABLE

if TYPE_CHECKING:
    from gradewright.content.root import ContentRoot
    from gradewright.model import Exercise, Verdict
    from gradewright.session.options import GradeOptions
    from gradewright.session.processes import Engine

STATE_CODES = {
    "ungradable": EXIT_UNGRADABLE,
    "rejected": EXIT_UNGRADABLE,
    "limit": EXIT_LIMIT,
    "grader_error": EXIT_FAULT,
}


@click.command()
@click.argument("exercise", shell_complete=complete_exercise)
@click.argument("path", required=False)
@grade_options
@click.option(
    "--fail-under",
    type=click.IntRange(0, 100),
    default=100,
    show_default=True,
    help="Exit 1 below this percentage.",
)
@click.option("-o", "--report", "report_path", metavar="FILE", help="Write the report here instead of .grade/.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
@pass_context
def run(context: Context, /, exercise: str, path: str | None, **options: Any) -> int:
    """Grade EXERCISE: the app in PATH (folder, file or archive), or in ./EXERCISE, which is started if it is not there.

    For example: grade 07-depends
    """
    from gradewright.commands import store
    from gradewright.history import progress

    context.json = context.json or options["as_json"]
    check_options(context, options)
    record = context.catalogue().load(exercise)
    folder = submission_path(context, record, path)
    opened: dict[str, int] = {}

    def meanwhile() -> None:
        prepare_report()
        opened.update(progress.hints_used(context.history, record.slug))

    with context.waiting(f"grading {record.slug}"):
        verdict = _grade(context, record, folder, options, meanwhile)
    report = None
    if not options["no_report"]:
        report = store.write_report(verdict, record, options["report_path"], opened)
    if verdict.state == "grader_error" and options["profile"] == "screen":
        from gradewright.commands.layers import probe, table

        for line in table(probe()):
            context.progress(line)
    if context.json:
        click.echo(verdict.model_dump_json(by_alias=True, indent=2))
    else:
        print_verdict(context, verdict, report=report, every_frame=options["traceback"], opened=opened)

    def keep() -> None:
        progress.record(context.history, verdict)
        store.keep_out_of_git()

    # Last: nobody waits for it to read the verdict.
    context.later(keep)
    return exit_code(verdict, options["fail_under"])


def _grade(
    context: Context, record: Exercise, folder: Path, options: dict[str, Any], meanwhile: Callable[[], object]
) -> Verdict:
    chosen = choices(options)
    engine = context.take_engine()
    root = context.root_of(record)
    try:
        return _grade_with(engine, root, record, folder, chosen, meanwhile)
    finally:
        engine.release()


def _grade_with(
    engine: Engine, root: ContentRoot, record: Exercise, folder: Path, chosen: GradeOptions, meanwhile: Callable[[], object]
) -> Verdict:
    from gradewright.session.grade import grade

    if not folder.is_file() or folder.suffix == ".py":
        return grade(engine, root, record, folder, chosen, meanwhile=meanwhile)
    import tempfile

    from gradewright.session.archives import arrive

    with tempfile.TemporaryDirectory(prefix="gw-in-", ignore_cleanup_errors=True) as scratch:
        path, notes = arrive(folder, Path(scratch))
        verdict = grade(engine, root, record, path, chosen, meanwhile=meanwhile)
    return verdict.model_copy(update={"notes": (*(f"{note}, so it was left out" for note in notes), *verdict.notes)})


def exit_code(verdict: Verdict, fail_under: int) -> int:
    """Return the exit code of a verdict; `fail_under` is a percentage of the points."""
    if verdict.state != "graded":
        return STATE_CODES[verdict.state]
    return EXIT_OK if verdict.score * 100 >= fail_under * verdict.max_score else EXIT_BELOW

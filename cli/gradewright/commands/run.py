"""`grade run`, and so `grade 07-depends`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradewright.commands.context import Context, pass_context
from gradewright.errors import (
    EXIT_BELOW,
    EXIT_FAULT,
    EXIT_LIMIT,
    EXIT_OK,
    EXIT_UNGRADABLE,
    BadInput,
)

if TYPE_CHECKING:
    from gradewright.model import Exercise, Verdict

STATE_CODES = {
    "ungradable": EXIT_UNGRADABLE,
    "rejected": EXIT_UNGRADABLE,
    "limit": EXIT_LIMIT,
    "grader_error": EXIT_FAULT,
}


@click.command()
@click.argument("exercise")
@click.argument("path", required=False)
@click.option("--seed", metavar="HEX", help="Repeat a grade: its 128-bit seed, 32 hex digits.")
@click.option("--app", "app_name", metavar="MODULE:NAME", help="Where the app is, if not app:app.")
@click.option(
    "--profile",
    type=click.Choice(["kata", "screen"]),
    default="kata",
    show_default=True,
    help="kata for your own code; screen for strangers' code: runs only behind every layer.",
)
@click.option(
    "--fail-under",
    type=click.IntRange(0, 100),
    default=100,
    show_default=True,
    help="Exit 1 below this percentage.",
)
@click.option(
    "--engine",
    type=click.Choice(["zygote", "spawn"]),
    help="zygote forks a warm process (Linux, the default there); spawn starts a new one each time.",
)
@click.option("--python", metavar="FILE", help="Run the app with this Python, for a candidate's own environment.")
@click.option("--traceback", is_flag=True, help="Show all of your frames, not only the last one.")
@click.option("-o", "--report", "report_path", metavar="FILE", help="Write the report here instead of .grade/.")
@click.option("--no-report", is_flag=True, help="Write no report.")
@click.option(
    "--start-limit",
    type=click.FloatRange(min=0.1),
    default=10.0,
    metavar="SECONDS",
    help="For the app to start (10).",
)
@click.option(
    "--request-limit",
    type=click.FloatRange(min=0.1),
    default=5.0,
    metavar="SECONDS",
    help="For each request (5).",
)
@click.option(
    "--total-limit",
    type=click.FloatRange(min=0.5),
    default=60.0,
    metavar="SECONDS",
    help="For the whole grade (60).",
)
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
@pass_context
def run(context: Context, /, exercise: str, path: str | None, **options: Any) -> int:
    """Grade EXERCISE: the app in PATH (a folder or one file), or in ./EXERCISE, which is started first if it is not there."""
    from gradewright.commands import store

    context.json = context.json or options["as_json"]
    if options["profile"] == "screen":
        context.only_trusted_roots = True
    root = context.root()
    catalogue = context.catalogue()
    record = catalogue.load(exercise)
    if options["app_name"] is not None and not _is_app_name(options["app_name"]):
        raise BadInput(
            f"{options['app_name']!r} does not name an app.",
            hint="--app MODULE:NAME, for example --app main:app",
        )
    if options["python"] is not None and not Path(options["python"]).is_file():
        raise BadInput(f"{options['python']} is not a Python.", hint="--python FOLDER/.venv/bin/python")
    folder = Path(path) if path is not None else Path(record.slug)
    if path is None and not folder.exists():
        from gradewright.commands.start import put_starter

        put_starter(context, root, record, folder)
    verdict = _grade(context, record, folder, options)
    report = None
    if not options["no_report"]:
        report = store.write_report(verdict, record, options["report_path"])
    store.remember(verdict)
    _print(context, verdict, record, report, options)
    return exit_code(verdict, options["fail_under"])


def default_engine() -> str:
    return "zygote" if sys.platform == "linux" else "spawn"


def _is_app_name(text: str) -> bool:
    module, colon, name = text.partition(":")
    parts = [*module.split("."), name] if colon else module.split(".")
    return all(part.removesuffix("()").isidentifier() for part in parts)


def _grade(context: Context, record: Exercise, folder: Path, options: dict[str, Any]) -> Verdict:
    from gradewright.session.grade import GradeOptions, grade

    choices = GradeOptions(
        seed=options["seed"],
        app=options["app_name"],
        profile=options["profile"],
        engine=options["engine"] or default_engine(),
        start_limit=options["start_limit"],
        request_limit=options["request_limit"],
        total_limit=options["total_limit"],
    )

    def prepare_report() -> None:
        from gradewright.reports import html

        html.prepare()

    return grade(context.take_engine(), context.root(), record, folder, choices, meanwhile=prepare_report)


def _print(context: Context, verdict: Verdict, record: Exercise, report: Path | None, options: dict[str, Any]) -> None:
    if context.json:
        click.echo(verdict.model_dump_json(by_alias=True, indent=2))
        return
    from gradewright.reports.text import lines

    used = {}
    from gradewright.commands import store

    for point in record.points:
        used[point.id] = store.hints_used(record.slug, point.id)
    for line, style in lines(
        verdict,
        report=str(report or ""),
        hints_used=used,
        every_frame=options["traceback"],
        verbose=context.verbose,
    ):
        context.out(line, **style)


def exit_code(verdict: Verdict, fail_under: int) -> int:
    """Return the exit code of a verdict; `fail_under` is a percentage of the points."""
    if verdict.state != "graded":
        return STATE_CODES[verdict.state]
    return EXIT_OK if verdict.score * 100 >= fail_under * verdict.max_score else EXIT_BELOW

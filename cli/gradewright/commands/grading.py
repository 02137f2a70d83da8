"""What `run` and `watch` share: the options of a grade, where the submission is, and where its verdict goes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from gradewright.commands.context import Context, pack_option
from gradewright.errors import BadInput

if TYPE_CHECKING:
    from gradewright.model import Exercise, Verdict
    from gradewright.session.options import GradeOptions

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--seed", metavar="HEX", help="Repeat a grade: its 128-bit seed, 32 hex digits."),
    click.option("--app", "app_name", metavar="MODULE:NAME", help="Where the app is, if not app:app."),
    click.option(
        "--profile",
        type=click.Choice(["kata", "screen"]),
        default="kata",
        show_default=True,
        help="kata for your own code; screen for strangers' code: runs only behind every layer.",
    ),
    click.option(
        "--engine",
        type=click.Choice(["zygote", "spawn"]),
        help="zygote forks a warm process (Linux, the default there); spawn starts a new one each time.",
    ),
    click.option("--python", metavar="FILE", help="Run the app with this Python, for a candidate's own environment."),
    click.option("--traceback", is_flag=True, help="Show all of your frames, not only the last one."),
    click.option("--no-report", is_flag=True, help="Write no report."),
    click.option(
        "--start-limit",
        type=click.FloatRange(min=0.1),
        default=10.0,
        metavar="SECONDS",
        help="For the app to start (10).",
    ),
    click.option(
        "--request-limit",
        type=click.FloatRange(min=0.1),
        default=5.0,
        metavar="SECONDS",
        help="For each request (5).",
    ),
    click.option(
        "--total-limit",
        type=click.FloatRange(min=0.5),
        default=60.0,
        metavar="SECONDS",
        help="For the whole grade (60).",
    ),
)


def grade_options(command: Command) -> Command:
    """Add the options of a grade to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return pack_option(command)


def check_options(context: Context, options: dict[str, Any]) -> None:
    """Raise BadInput for a value of the wrong form, and trust no folder's exercises when the profile is for strangers."""
    if options["profile"] == "screen":
        context.only_trusted_roots = True
    if options["app_name"] is not None and not _is_app_name(options["app_name"]):
        raise BadInput(
            f"{options['app_name']!r} does not name an app.",
            hint="--app MODULE:NAME, for example --app main:app",
        )
    if options["python"] is not None and not Path(options["python"]).is_file():
        raise BadInput(f"{options['python']} is not a Python.", hint="--python FOLDER/.venv/bin/python")


def choices(options: dict[str, Any]) -> GradeOptions:
    """Return what the engine needs to know of a command's options."""
    from gradewright.session.options import GradeOptions

    return GradeOptions(
        seed=options["seed"],
        app=options["app_name"],
        profile=options["profile"],
        engine=options["engine"] or default_engine(),
        start_limit=options["start_limit"],
        request_limit=options["request_limit"],
        total_limit=options["total_limit"],
    )


def default_engine() -> str:
    return "zygote" if sys.platform == "linux" else "spawn"


def _is_app_name(text: str) -> bool:
    module, colon, name = text.partition(":")
    parts = [*module.split("."), name] if colon else module.split(".")
    return all(part.removesuffix("()").isidentifier() for part in parts)


def submission_path(context: Context, record: Exercise, path: str | None) -> Path:
    """Return where the submission is; without a path it is ./EXERCISE, which is started if it is not there."""
    folder = Path(path) if path is not None else Path(record.slug)
    if path is None and not folder.exists():
        from gradewright.commands.start import put_starter

        put_starter(context, record, folder)
    return folder


def prepare_report() -> None:
    """Compile the report's templates now, while a grade waits for something else."""
    from gradewright.reports import html

    html.prepare()


def print_verdict(
    context: Context,
    verdict: Verdict,
    *,
    report: Path | None,
    every_frame: bool,
    opened: Mapping[str, int],
    room: tuple[int, int] | None = None,
) -> None:
    """Print a verdict for a person. `opened` is the hints used, by point.

    `room` is the columns and lines there are; lost points beyond that are only counted.
    """
    from gradewright.reports.text import fitted, lines

    def shown(most_lost: int | None) -> list[tuple[str, dict[str, Any]]]:
        return list(
            lines(
                verdict,
                report=str(report or ""),
                hints_used=opened,
                every_frame=every_frame,
                verbose=context.verbose,
                most_lost=most_lost,
                columns=context.columns,
            )
        )

    for line, style in shown(None) if room is None or context.verbose else fitted(shown, verdict, *room):
        context.out(line, **style)

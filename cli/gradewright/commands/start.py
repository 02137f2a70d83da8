"""`grade start`: the starter and the brief, here."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradewright.commands.context import Context, complete_exercise, pack_option, pass_context
from gradewright.errors import ContentError, UsageError

if TYPE_CHECKING:
    from gradewright.model import Exercise


@click.command()
@click.argument("exercise", shell_complete=complete_exercise)
@click.argument("folder", required=False)
@pack_option
@pass_context
def start(context: Context, exercise: str, folder: str | None) -> None:
    """Put the starter of EXERCISE and its brief into FOLDER (default ./EXERCISE). Nothing is overwritten.

    For example: grade start 07-depends
    """
    record = context.catalogue().load(exercise)
    target = Path(folder) if folder else Path(record.slug)
    if target.exists():
        raise UsageError(f"{target} is already there; it was left as it is.", hint=f"grade {record.slug} grades it")
    put_starter(context, record, target)
    context.out(f"Read {target / 'README.md'}, write {target / 'app.py'}, then: grade {record.slug}{context.pack_words}")


def put_starter(context: Context, exercise: Exercise, target: Path) -> None:
    """Copy the starter and the brief to `target`, which must not exist."""
    root = context.root_of(exercise)
    source = root.starter(exercise.slug)
    if not source.is_dir():
        raise ContentError(f"{exercise.slug} has no starter at {source}")
    try:
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        shutil.copyfile(root.exercise(exercise.slug) / "README.md", target / "README.md")
    except OSError as error:
        raise UsageError(f"{target} could not be written: {error.strerror}.", hint="go to a folder of your own") from None
    from gradewright.commands.store import keep_out_of_git
    from gradewright.history.progress import record_start

    record_start(context.history, exercise.slug)
    keep_out_of_git()
    context.progress(f"Nothing was started yet: put the starter and the brief of {exercise.slug} in {target}/")

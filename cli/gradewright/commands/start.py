"""`grade start`: the starter and the brief, here."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradewright.commands.context import Context, complete_exercise, pack_option, pass_context
from gradewright.errors import ContentError, UsageError

if TYPE_CHECKING:
    from gradewright.model import Exercise

#: More files than these are not named one by one.
MOST_NAMED = 2


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
    wanted = to_write(context, record, target)
    context.out(f"Read {target / 'README.md'}, write {wanted}, then: grade {record.slug}{context.pack_words}")


def to_write(context: Context, exercise: Exercise, folder: Path) -> str:
    """Return which files of `folder` the starter leaves to its reader: those with a TODO, else the app."""
    starter = context.root_of(exercise).starter(exercise.slug)
    files = sorted(path for path in starter.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    left = [path.relative_to(starter) for path in files if b"TODO" in path.read_bytes()]
    if len(left) > MOST_NAMED:
        return f"what says TODO in {folder}{os.sep}"
    return " and ".join(str(folder / path) for path in left) or str(folder / "app.py")


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
    context.progress(f"Started {exercise.slug}: put the starter and the brief in {target}/")
